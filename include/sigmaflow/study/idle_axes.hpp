#pragma once
/// \file
/// Sweep axes that change nothing: the offset of parallel planes that `normalize` undoes, `rho` where the grid is
/// `log`.

#include <string>
#include <vector>

#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

/// Addresses (room.label.key) of the axes of distributions whose values all give one and the same law, and of axes of
/// schedules that give one grid, all other axes being equal. Laws are compared by dimension, mean, and ln p_sigma and m
/// at 32 fixed positions and noise levels, to 1e-9: one tile per law.
[[nodiscard]] std::vector<std::string> idle_axes(const Plan& plan);

}  // namespace sigmaflow
