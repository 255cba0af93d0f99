#pragma once
/// \file
/// DPM-Solver++ (Lu et al. 2022, arXiv:2211.01095): exponential integrators in lambda = -ln sigma, where the flow is
/// dx/dlambda = -x + m. A step of length h = lambda' - lambda integrates a polynomial through values of m exactly:
/// x' = e^-h x + int_0^h e^-(h-s) m(s) ds. The rows of quadratures (ln |det|) are treated alike, without the decay:
/// the same polynomial through -tr J, integrated.

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// Singlestep, second order, at the middle of the step in lambda (algorithm 1 with r_1 = 1/2): x' = e^-h x + (1 - e^-h)
/// m(u; s), u = e^(-h/2) x + (1 - e^(-h/2)) m. Two evaluations a step.
class DpmPP2SSolver final : public Solver {
  public:
    SolverTraits traits() const override { return {.evaluations_per_step = 2.0, .stages = 2}; }
    void advance(const Step& step) const override;
};

/// Multistep, second order (algorithm 2): x' = e^-h x + (1 - e^-h) [m + (m - m_1) / (2 r)], r = h_1 / h, with m_1 and
/// h_1 of the step before. One evaluation a step; the first step is that of the singlestep method.
class DpmPP2MSolver final : public Solver {
  public:
    SolverTraits traits() const override { return {.evaluations_per_step = 1.0, .stages = 2, .memory = 2}; }
    void advance(const Step& step) const override;
};

/// How the third difference enters DPM-Solver++(3M).
enum class ThirdTerm {
    published,  ///< -phi_3 d2, as k-diffusion's sample_dpmpp_3m_sde has it: order 2, as d2 is h^2 m''/2
    corrected,  ///< -2 phi_3 d2: order 3
};

/// Multistep through three values of m: with r_0 = h_1/h, r_1 = h_2/h, e_0 = (m - m_1)/r_0, e_1 = (m_1 - m_2)/r_1,
/// d1 = e_0 + (e_0 - e_1) r_0/(r_0 + r_1) ~ h m', d2 = (e_0 - e_1)/(r_0 + r_1) ~ h^2 m''/2,
/// x' = e^-h x + (1 - e^-h) m + phi_2 d1 - c phi_3 d2, phi_2 = 1 - (1 - e^-h)/h, phi_3 = phi_2/h - 1/2,
/// c = 1 or 2 (ThirdTerm). One evaluation a step; the first two steps are of the singlestep method of order 3.
class DpmPP3MSolver final : public Solver {
  public:
    explicit DpmPP3MSolver(ThirdTerm third) : third_(third) {}
    SolverTraits traits() const override { return {.evaluations_per_step = 1.0, .stages = 3, .memory = 3}; }
    void advance(const Step& step) const override;

  private:
    ThirdTerm third_;
};

}  // namespace sigmaflow
