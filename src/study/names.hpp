#pragma once
/// \file
/// Names of studies and labels: short enough for a table, safe in addresses, file names and HDF5.

#include <string>

#include "sigmaflow/core/value.hpp"

namespace sigmaflow {

/// The text of `value` if it is a name: letters, digits, _ and -, 1 to 64 of them. `noun` says in messages what it
/// names.
[[nodiscard]] const std::string& checked_name(const Value& value, const std::string& noun);
/// A name made of any text: other characters become _, the rest is cut off.
[[nodiscard]] std::string name_from(const std::string& text);

}  // namespace sigmaflow
