#pragma once
/// \file
/// Every kind of solver and of recorded quantity.

#include <functional>
#include <memory>

#include "sigmaflow/core/registry.hpp"
#include "sigmaflow/dynamics/observable.hpp"
#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

using SolverFactory = std::function<std::unique_ptr<Solver>(const Parameters&)>;
using ObservableFactory = std::function<std::unique_ptr<Observable>(const Parameters&)>;

[[nodiscard]] const Registry<SolverFactory>& solvers();
[[nodiscard]] const Registry<ObservableFactory>& observables();

}  // namespace sigmaflow
