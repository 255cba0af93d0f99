#pragma once
/// \file
/// Langevin dynamics at fixed noise levels. Time is in units of sigma^2: a step of length h is x' = x + (h/2) (m - x) +
/// sqrt(h) sigma xi, that is x + (h sigma^2/2) score + sqrt(h sigma^2) xi; it is stable for h < 4. The step of the
/// route from sigma to sigma' is a walk of some steps under p_sigma'. The noise is a Brownian path on Langevin time
/// summed over all levels.

#include <memory>

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// Where the walk on a level begins.
enum class WalkBegin {
    marginal,  ///< at x0 + sigma' n, a draw of p_sigma' itself
    above      ///< where the walk on the level before has ended
};

struct Walk {
    double h = 0.2;   ///< length of a step in units of sigma^2
    int steps = 100;  ///< on every level
    WalkBegin begin = WalkBegin::marginal;
};

/// The unadjusted Langevin algorithm. From level to level it is annealed Langevin dynamics (Song & Ermon 2019,
/// algorithm 1: their epsilon/sigma_L^2 is h). Its stationary law is p_sigma to order h: on N(0, c^2) the variance is
/// that of p_sigma divided by 1 - h J/4.
class LangevinSolver final : public Solver {
  public:
    explicit LangevinSolver(const Walk& walk) : walk_(walk) {}
    SolverTraits traits() const override;
    void advance(const Step& step) const override;

  private:
    Walk walk_;
};

/// The Metropolis-adjusted Langevin algorithm (Roberts & Tweedie 1996): the Langevin step is a proposal, taken with
/// probability min(1, p(x') q(x|x') / p(x) q(x'|x)). Its stationary law is p_sigma for any h.
class MalaSolver final : public Solver {
  public:
    explicit MalaSolver(const Walk& walk) : walk_(walk) {}
    SolverTraits traits() const override;
    void advance(const Step& step) const override;

  private:
    Walk walk_;
};

/// Predictor-corrector (Song et al. 2021, algorithms 2 and 4): a step of another solver, then Langevin steps at the new
/// sigma. Their step is 2 (snr |xi|/|score|)^2 with norms averaged over a batch; here the norms are what they are at
/// large sigma, sqrt(d) and sqrt(d)/sigma, so that no particle depends on others: h = 4 snr^2.
class PredictorCorrectorSolver final : public Solver {
  public:
    PredictorCorrectorSolver(std::unique_ptr<Solver> predictor, int corrections, double snr)
        : predictor_(std::move(predictor)), corrections_(corrections), snr_(snr) {}
    SolverTraits traits() const override;
    void advance(const Step& step) const override;

  private:
    std::unique_ptr<Solver> predictor_;
    int corrections_;
    double snr_;
};

}  // namespace sigmaflow
