#pragma once
/// \file
/// Ranges of a sweep axis: { lin | log | int = [first, last, count] }.

#include <cstdint>
#include <vector>

#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {

/// How many values a range has, judged as far as that; `key` names the parameter in messages.
[[nodiscard]] std::int64_t range_count(const std::string& key, const Value& range);

/// The values of a range. The ends are exact; values between are rounded to 12 significant digits (lin, log), so that
/// they do not depend on the last bit of the machine's pow, or to integers (int).
[[nodiscard]] std::vector<Value> range_values(const std::string& key, const Value& range);

}  // namespace sigmaflow
