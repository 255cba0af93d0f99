#pragma once
/// \file
/// Solvers without steps: what is known in closed form.

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// The flow of Gaussian data in closed form: x' = mu + sum_k sqrt((sigma'^2 + l_k) / (sigma^2 + l_k)) u_k u_k^T (x -
/// mu); and that of any mixture on the line, which keeps quantiles. The likelihood channel is the logarithm of the
/// determinant of that map, not a quadrature.
class ExactSolver final : public Solver {
  public:
    SolverTraits traits() const override {
        return {.evaluations_per_step = 4.0, .needs_closed_form = true, .reaches_zero = true};
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
