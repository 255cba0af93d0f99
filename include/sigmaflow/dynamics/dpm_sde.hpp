#pragma once
/// \file
/// DPM-Solver++ for the reverse SDE (Lu et al. 2022, arXiv:2211.01095, section 5, as k-diffusion has it). In lambda =
/// -ln sigma the SDE is dx = -(1 + eta^2) (x - m) dlambda + eta dW; the linear part is integrated exactly. k-diffusion
/// writes the drift as 1 + eta_k in its sample_dpmpp_2m_sde: eta_k = eta^2. Noise: the Brownian path on v = sigma^2,
/// scaled to the exact variance of each step.

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// sample_dpmpp_sde: two ancestral steps (AncestralSolver, same eta) from the same x, the first to s = lambda + r h,
/// the second to lambda + h with the denoiser (1 - 1/2r) m(x; sigma) + 1/2r m(u; s), u the end of the first. Strong
/// order 1, weak order 2; two evaluations a step.
class DpmPPSdeSolver final : public Solver {
  public:
    DpmPPSdeSolver(double eta, double r) : eta_(eta), r_(r) {}
    SolverTraits traits() const override;
    void advance(const Step& step) const override;

  private:
    double eta_;
    double r_;
};

/// How the slope of m enters DPM-Solver++(2M) SDE: times (1 - e^-q)/2, or times 1 - (1 - e^-q)/q.
enum class SlopeRule { midpoint, heun };

/// sample_dpmpp_2m_sde: with q = (1 + eta^2) h, D = (m - m_1) h/h_1 and m_1, h_1 of the step before, x' = e^-q x + (1 -
/// e^-q) m + w D + sigma' sqrt(1 - e^(-2 eta^2 h)) xi, w by the SlopeRule. The first step is that of DpmPPSdeSolver's
/// scheme, r = 1/2 (k-diffusion takes it without D). Strong order 1, weak order 2; one evaluation a step.
class DpmPP2MSdeSolver final : public Solver {
  public:
    DpmPP2MSdeSolver(double eta, SlopeRule rule) : eta_(eta), rule_(rule) {}
    SolverTraits traits() const override;
    void advance(const Step& step) const override;

  private:
    double eta_;
    SlopeRule rule_;
};

}  // namespace sigmaflow
