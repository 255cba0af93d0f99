#pragma once
/// \file
/// Which values of a study file are sweep axes, and the values on them.

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/study/study.hpp"

namespace sigmaflow {

/// Levels of lists in a value: 0 for a scalar, 1 for [] and [1], 2 for [[1], 2].
[[nodiscard]] int list_depth(const Value& value);

/// Whether `value` holds more than one value of the parameter: a list with one nesting more than its type, or a range.
[[nodiscard]] bool is_axis(const Parameter& parameter, const Value& value);

/// How many values the axis has.
[[nodiscard]] std::int64_t axis_length(const Parameter& parameter, const Value& value);

/// The axis, every value checked against the parameter. Empty axes and equal values are InputErrors.
[[nodiscard]] Axis read_axis(const Parameter& parameter, const Value& value);

}  // namespace sigmaflow
