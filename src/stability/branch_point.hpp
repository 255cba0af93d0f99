#pragma once
// Where a branch is at a given tau.

#include <optional>

#include "sigmaflow/stability/branch_diagram.hpp"

namespace sigmaflow {

/// The point of a branch at a tau that it covers: along the curve from the stored point before it. Empty where the
/// curve cannot be followed there.
[[nodiscard]] std::optional<CurvePoint> point_at(SolutionCurve& curve, const Branch& branch, double tau);

}  // namespace sigmaflow
