#include "sigmaflow/dynamics/langevin.hpp"

#include <algorithm>
#include <cmath>

#include "noise_increment.hpp"

namespace sigmaflow {
namespace {

SolverTraits walk_traits(const Walk& walk) {
    SolverTraits traits;
    traits.evaluations_per_step = walk.steps;
    traits.stages = 2;
    traits.follows_flow = false;
    traits.draws_marginals = walk.begin == WalkBegin::marginal;
    traits.stochastic = true;
    traits.path_ends = walk.steps;
    return traits;
}

void begin_walk(const Step& step, WalkBegin begin) {
    if (begin == WalkBegin::marginal) step.state.x() = step.state.data + step.to * step.state.noise;
}

void walk_unadjusted(const Step& step, double h, int steps) {
    Tile& m = step.history.stage(0);
    Tile& noise = step.history.stage(1);
    auto& x = step.state.z;
    for (int i = 0; i < steps; ++i) {
        step.flow.target(x, step.to, m);
        x += 0.5 * h * (m - x) + step.to * own_increment(step, NoiseClock::langevin, h, noise);
    }
}

}  // namespace

SolverTraits LangevinSolver::traits() const { return walk_traits(walk_); }

void LangevinSolver::advance(const Step& step) const {
    begin_walk(step, walk_.begin);
    walk_unadjusted(step, walk_.h, walk_.steps);
}

SolverTraits MalaSolver::traits() const {
    SolverTraits traits = walk_traits(walk_);
    traits.evaluations_per_step += 1.0;
    traits.stages = 4;
    traits.needs_log_density = true;
    return traits;
}

void MalaSolver::advance(const Step& step) const {
    const double h = walk_.h;
    const double variance = h * step.to * step.to;
    Tile& m = step.history.stage(0);
    Tile& noise = step.history.stage(1);
    Tile& trial = step.history.stage(2);
    Tile& trial_m = step.history.stage(3);
    Row log_p, trial_log_p, chance;
    begin_walk(step, walk_.begin);
    auto& x = step.state.z;
    step.flow.mean_and_log_density(x, step.to, m, log_p);
    for (int i = 0; i < walk_.steps; ++i) {
        step.route.noise->decision(step.history.elapsed(), chance);
        noise = step.to * own_increment(step, NoiseClock::langevin, h, noise);
        trial = x + 0.5 * h * (m - x) + noise;
        step.flow.mean_and_log_density(trial, step.to, trial_m, trial_log_p);
        for (int c = 0; c < kTileWidth; ++c) {
            const double forth = noise.col(c).squaredNorm();
            const double back = (x.col(c) - trial.col(c) - 0.5 * h * (trial_m.col(c) - trial.col(c))).squaredNorm();
            const double log_ratio = trial_log_p[c] - log_p[c] + (forth - back) / (2.0 * variance);
            if (!(std::log(chance[c]) < log_ratio)) continue;
            x.col(c) = trial.col(c);
            m.col(c) = trial_m.col(c);
            log_p[c] = trial_log_p[c];
            step.state.accepted[c] += 1.0;
        }
    }
}

SolverTraits PredictorCorrectorSolver::traits() const {
    SolverTraits traits = predictor_->traits();
    traits.evaluations_per_step += corrections_;
    traits.stages = std::max(traits.stages, 2);
    traits.follows_flow = false;
    traits.any_clock = false;
    traits.stochastic = true;
    traits.path_ends += corrections_;
    traits.ways = Ways::down;
    return traits;
}

void PredictorCorrectorSolver::advance(const Step& step) const {
    predictor_->advance(step);
    walk_unadjusted(step, 4.0 * snr_ * snr_, corrections_);
}

}  // namespace sigmaflow
