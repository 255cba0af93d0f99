#pragma once
/// \file
/// One-step methods on dx/dsigma = (x - m) / sigma. Notation: a step goes from sigma to sigma', k(z; sigma) is the
/// slope dz/dsigma of the state and its channels, h = sigma' - sigma.

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// Euler's method. Written as x' = m + (sigma'/sigma) (x - m) it is DDIM (Song et al. 2021, eq. 12 at eta = 0): the
/// exact step for a frozen m. Order 1, one evaluation a step.
class EulerSolver final : public Solver {
  public:
    SolverTraits traits() const override { return {.evaluations_per_step = 1.0, .stages = 1, .any_clock = true}; }
    void advance(const Step& step) const override;
};

/// Heun's method (Karras et al. 2022, algorithm 1): z' = z + h/2 [k(z; sigma) + k(z + h k; sigma')]. Order 2.
class HeunSolver final : public Solver {
  public:
    SolverTraits traits() const override { return {.evaluations_per_step = 2.0, .stages = 3, .any_clock = true}; }
    void advance(const Step& step) const override;
};

/// Midpoint rule: z' = z + h k(z + h/2 k; sigma + h/2), at the mean of the two sigmas. Order 2.
class MidpointSolver final : public Solver {
  public:
    SolverTraits traits() const override { return {.evaluations_per_step = 2.0, .stages = 2, .any_clock = true}; }
    void advance(const Step& step) const override;
};

/// DPM-Solver-2 as k-diffusion has it (sample_dpm_2): the midpoint rule at the geometric mean of the two sigmas.
/// z' = z + h k(z + (s - sigma) k; s), s = sqrt(sigma sigma'). Order 2.
class Dpm2Solver final : public Solver {
  public:
    SolverTraits traits() const override { return {.evaluations_per_step = 2.0, .stages = 2}; }
    void advance(const Step& step) const override;
};

/// The classical Runge-Kutta method (Kutta 1901). Order 4, four evaluations a step.
class Rk4Solver final : public Solver {
  public:
    SolverTraits traits() const override { return {.evaluations_per_step = 4.0, .stages = 4, .any_clock = true}; }
    void advance(const Step& step) const override;
};

}  // namespace sigmaflow
