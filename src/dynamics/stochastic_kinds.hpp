#pragma once
// The stochastic solvers, for the registry.

#include "sigmaflow/dynamics/registry.hpp"

namespace sigmaflow {

void add_stochastic_solvers(Registry<SolverFactory>& registry);

}  // namespace sigmaflow
