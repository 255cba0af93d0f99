#pragma once
/// \file
/// One-step methods on the SDEs that share the marginals p_sigma with the flow (docs/theory.md, section 4). Down:
/// dx = (1 + eta^2) (x - m)/sigma dsigma + eta dW; up: dx = (1 - eta^2) (x - m)/sigma dsigma + eta dW, W the Brownian
/// path on v = sigma^2, m = m(x; sigma). A step goes from sigma to sigma', dW = W(sigma'^2) - W(sigma^2). The noise is
/// additive. None of them has a likelihood, and eta = 0 draws nothing.

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// The Euler-Maruyama method: x' = x + (1 +- eta^2) (x - m)/sigma (sigma' - sigma) + eta dW, which at eta = 0 is
/// `euler` to the last bit. Strong and weak order 1.
class EulerMaruyamaSolver final : public Solver {
  public:
    explicit EulerMaruyamaSolver(double eta) : eta_(eta) {}
    SolverTraits traits() const override;
    void advance(const Step& step) const override;

  private:
    double eta_;
};

/// The ancestral step of DDPM (Ho et al. 2020; eta = 1) and DDIM (Song et al. 2021, eq. 16; eta = 0, to the last bit
/// `euler`): x' = m + (s_down/sigma) (x - m) + s_up xi, s_up = min(eta sigma'/sigma sqrt(sigma^2 - sigma'^2), sigma'),
/// s_down^2 = sigma'^2 - s_up^2, xi = dW / sqrt(sigma^2 - sigma'^2). Strong and weak order 1.
class AncestralSolver final : public Solver {
  public:
    explicit AncestralSolver(double eta) : eta_(eta) {}
    SolverTraits traits() const override;
    void advance(const Step& step) const override;

  private:
    double eta_;
};

/// The stochastic Heun method, the trapezoidal rule for additive noise (Kloeden & Platen 1992, section 15.1): u = x + c
/// k(x; sigma) h + eta dW, x' = x + c h/2 [k(x; sigma) + k(u; sigma')] + eta dW with k = (x - m)/sigma, h = sigma' -
/// sigma, c = 1 +- eta^2. Strong order 1, weak order 2.
class SdeHeunSolver final : public Solver {
  public:
    explicit SdeHeunSolver(double eta) : eta_(eta) {}
    SolverTraits traits() const override;
    void advance(const Step& step) const override;

  private:
    double eta_;
};

/// S_churn, S_min, S_max and S_noise of Karras et al. (2022).
struct Churn {
    double amount = 0.0;
    double least_sigma = 0.0;
    double most_sigma = 0.0;
    double noise = 1.0;
};

/// EDM's stochastic sampler (Karras et al. 2022, algorithm 2): with gamma = min(amount/N, sqrt 2 - 1) for sigma within
/// [least_sigma, most_sigma], 0 elsewhere, and N the number of positive sigmas, noise is added up to sigma^ = sigma (1
/// + gamma), x^ = x + noise sqrt(sigma^^2 - sigma^2) xi, and Heun's method steps from sigma^ to sigma'. A last step to
/// 0 adds no noise. The noise is a Brownian path on the sum of ln(sigma^^2/sigma^2), so that no interval is used twice.
/// Weak order 2 for a fixed amount, once N is so large that the minimum is amount/N.
class EdmChurnSolver final : public Solver {
  public:
    explicit EdmChurnSolver(const Churn& churn) : churn_(churn) {}
    SolverTraits traits() const override;
    void advance(const Step& step) const override;

  private:
    Churn churn_;
};

/// The forward process, exact at any step: x' = x + dW. Goes up.
class ForwardSdeSolver final : public Solver {
  public:
    SolverTraits traits() const override;
    void advance(const Step& step) const override;
};

}  // namespace sigmaflow
