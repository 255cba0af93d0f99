#pragma once
/// \file
/// The grid `own`: what the schedule itself would step through.

#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow {

/// Even in the schedule's t from t(sigma_max) to t(sigma_min). For a schedule with timesteps: those between the ends,
/// by the parameters `spacing` and `steps_offset`; all of them if `steps` is not given.
[[nodiscard]] std::vector<double> own_grid(const GridContext& context);

}  // namespace sigmaflow
