#pragma once
/// \file
/// A guard in front of the TOML parser, whose recursion (and that of its results' destructors) follows the nesting.

#include <string>

namespace sigmaflow {

/// Throws InputError if brackets nest deeper, a dotted key has more parts, or there are more values than any study
/// needs. Looks at strings and comments only to skip them; up to the first syntax error it sees the same brackets as
/// the parser, which stops there.
void check_toml_shape(const std::string& text, const std::string& file);

}  // namespace sigmaflow
