#pragma once
/// \file
/// TOML text -> Value, with the place of every value. The rest of the program never sees a TOML library.

#include <string>

#include "sigmaflow/core/value.hpp"

namespace sigmaflow {

/// Largest text that is read, in bytes.
inline constexpr std::size_t kMostStudyBytes = 16U << 20U;

/// The tables of a TOML document in the order of the text; `file` names it in messages. Refused, as InputError with
/// file and line: syntax errors, text that is not UTF-8, numbers that are not finite, dates and times, text that nests
/// deeper than any study does, text beyond kMostStudyBytes.
[[nodiscard]] Value::Table read_toml(const std::string& text, const std::string& file);

/// One TOML value, as on the right of an equals sign; all its parts have the place `where`.
[[nodiscard]] Value read_toml_value(const std::string& text, const Location& where);

}  // namespace sigmaflow
