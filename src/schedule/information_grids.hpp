#pragma once
/// \file
/// Grids that follow the law: equal steps of what happens to it (schedule/information_rates.hpp).

#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow {

/// Adds `entropy`, `fisher` and `error`.
void add_information_grids(Registry<GridFactory>& registry);

}  // namespace sigmaflow
