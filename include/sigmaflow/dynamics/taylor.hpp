#pragma once
/// \file
/// Taylor methods: derivatives of the denoiser along the flow from exact moments of the posterior, which only laws with
/// a known posterior have.

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// Exponential Taylor method in lambda = -ln sigma: x' = e^-h x + h phi_1 m + h^2 phi_2 m' + h^3 phi_3 m'', m' =
/// dm/dlambda along the flow (docs/theory.md, section 4); order 2 stops at m'. The likelihood is expanded likewise.
class TaylorSolver final : public Solver {
  public:
    /// order = 2 or 3.
    explicit TaylorSolver(int order) : order_(order) {}
    SolverTraits traits() const override {
        return {.evaluations_per_step = 2.0, .stages = 3, .needs_contracted_moments = true};
    }
    void advance(const Step& step) const override;

  private:
    int order_;
};

}  // namespace sigmaflow
