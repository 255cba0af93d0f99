#pragma once
// The table /points: one row per point of a solver, then one per analysis.

#include "sigmaflow/store/layout.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

[[nodiscard]] Table points_table(const Plan& plan);

}  // namespace sigmaflow
