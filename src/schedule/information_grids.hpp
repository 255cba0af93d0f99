#pragma once
/// \file
/// Grids that follow the law: equal steps of what happens to it (schedule/information_rates.hpp).

#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow {

/// Adds `entropy`, `fisher` and `error`.
void add_information_grids(Registry<GridFactory>& registry);

/// The sigmas at which the integral of `rate` over ln sigma has gone i/(n-1) of its way, by the trapezoidal rule at the
/// sigmas of `levels` (decreasing) with `rate` linear in between.
[[nodiscard]] std::vector<double> equal_shares(const std::vector<double>& levels, const std::vector<double>& rate,
                                               std::int64_t n);

}  // namespace sigmaflow
