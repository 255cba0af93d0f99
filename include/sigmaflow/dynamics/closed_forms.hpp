#pragma once
/// \file
/// Solvers without steps: what is known in closed form.

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// The flow of Gaussian data in closed form: x' = mu + sum_k sqrt((sigma'^2 + l_k) / (sigma^2 + l_k)) u_k u_k^T (x -
/// mu); the likelihood channel is the logarithm of the determinant of that map, not a quadrature.
class ExactGaussianSolver final : public Solver {
  public:
    SolverTraits traits() const override {
        return {.evaluations_per_step = 0.0, .needs_gaussian = true, .reaches_zero = true};
    }
    void advance(const Step& step) const override;
};

/// No flow at all: x' = x0 + sigma' n with the x0 and n of the start, a draw of p_sigma' that no solver biases. For
/// expectations at every level.
class MarginalSolver final : public Solver {
  public:
    SolverTraits traits() const override {
        return {.evaluations_per_step = 0.0, .follows_flow = false, .draws_marginals = true, .reaches_zero = true};
    }
    void advance(const Step& step) const override;
};

}  // namespace sigmaflow
