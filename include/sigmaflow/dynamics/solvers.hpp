#pragma once
/// \file
/// The solvers. Notation: a step goes from sigma to sigma' < sigma; m = m(x; sigma) is the ideal denoiser.

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// Euler's method on dx/dsigma = (x - m) / sigma. Written as x' = m + (sigma'/sigma) (x - m) it is DDIM (Song et al.
/// 2021, eq. 12 at eta = 0): the exact step for a frozen m. Order 1, one evaluation a step; sigma' = 0 gives x' = m.
class EulerSolver final : public Solver {
  public:
    SolverTraits traits() const override { return {.evaluations_per_step = 1.0}; }
    void advance(const ProbabilityFlow& flow, double to, FlowWorkspace& workspace, State& state) const override;
};

/// Heun's method (Karras et al. 2022, algorithm 1): order 2, two evaluations a step; the step to sigma' = 0 is Euler's.
class HeunSolver final : public Solver {
  public:
    SolverTraits traits() const override { return {.evaluations_per_step = 2.0}; }
    void advance(const ProbabilityFlow& flow, double to, FlowWorkspace& workspace, State& state) const override;
};

/// The flow of Gaussian data in closed form: x' = mu + sum_k sqrt((sigma'^2 + l_k) / (sigma^2 + l_k)) u_k u_k^T (x -
/// mu); the likelihood channel is the logarithm of the determinant of that map, not a quadrature.
class ExactGaussianSolver final : public Solver {
  public:
    SolverTraits traits() const override { return {.evaluations_per_step = 0.0, .needs_gaussian = true}; }
    void advance(const ProbabilityFlow& flow, double to, FlowWorkspace& workspace, State& state) const override;
};

/// No flow at all: x' = x0 + sigma' n with the x0 and n of the start, a draw of p_sigma' that no solver biases. For
/// expectations at every level.
class MarginalSolver final : public Solver {
  public:
    SolverTraits traits() const override { return {.evaluations_per_step = 0.0, .follows_flow = false}; }
    void advance(const ProbabilityFlow& flow, double to, FlowWorkspace& workspace, State& state) const override;
};

}  // namespace sigmaflow
