#pragma once
/// \file
/// One way to take a step. A solver is one short class with its formula and source, orthogonal to schedule, grid and
/// start.

#include <memory>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/dynamics/probability_flow.hpp"
#include "sigmaflow/dynamics/state.hpp"

namespace sigmaflow {

struct SolverTraits {
    double evaluations_per_step = 1.0;  ///< of the denoiser, for the plan
    bool needs_gaussian = false;        ///< works on Gaussian data only
    bool follows_flow = true;           ///< integrates the probability flow, so that likelihoods have a meaning
};

class Solver {
  public:
    virtual ~Solver() = default;
    [[nodiscard]] virtual SolverTraits traits() const = 0;
    /// Takes all columns from their sigma to `to` >= 0 (the same for all).
    virtual void advance(const ProbabilityFlow& flow, double to, FlowWorkspace& workspace, State& state) const = 0;
};

}  // namespace sigmaflow
