#pragma once
/// \file
/// Parameters of objects inside objects, by path: "of.count", "components.0.width". A path without a dot is a parameter
/// of the object itself.

#include <string>

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/study/study.hpp"

namespace sigmaflow {

/// The value at the path of a table, or nullptr.
[[nodiscard]] const Value* value_at(const Value::Table& table, const std::string& path);

/// Sets the value at the path of a table; the last key may be new. False if the path leads nowhere.
bool assign_at(Value::Table& table, const std::string& path, const Value& value);

/// The parameter that the path of an object of that kind with these values means, or nullptr.
[[nodiscard]] const Parameter* parameter_at(const Kind& kind, const Value::Table& values, const std::string& path);

/// Moves the axes inside an object to `axes`, each under its path from `path` on, and leaves its first value in place.
[[nodiscard]] Value without_axes(const Parameter& parameter, const Value& value, const std::string& path,
                                 std::vector<Axis>& axes);

/// How many values the axes of a parameter hold, those inside its objects included.
[[nodiscard]] std::int64_t values_on_axes(const Parameter& parameter, const Value& value);

}  // namespace sigmaflow
