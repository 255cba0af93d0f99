#pragma once
/// \file
/// Text of others (a study, a file name, a table) as a message may show it.

#include <string>
#include <string_view>

namespace sigmaflow {

/// `text` on one line and without power over a terminal: control characters, what turns the direction of writing and
/// bytes that are no UTF-8 are spelt out (\n, \t, \x1b, \u202e); everything else stays. Doing it twice changes nothing.
[[nodiscard]] std::string printable(std::string_view text);

/// Whether the bytes are UTF-8 (no overlong forms, surrogates or code points beyond U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace sigmaflow
