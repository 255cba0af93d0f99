#include "sigmaflow/dynamics/reverse_sde.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ancestral.hpp"
#include "noise_increment.hpp"

namespace sigmaflow {
namespace {

/// eta^2 (sigma' - sigma)/sigma on the way down, minus that on the way up: what eta adds to the drift's factor.
double extra_drift(const Step& step, double eta) { return -eta * eta * std::abs(step.to / step.from - 1.0); }

SolverTraits stochastic_traits(double evaluations, int stages) {
    SolverTraits traits;
    traits.evaluations_per_step = evaluations;
    traits.stages = stages;
    traits.follows_flow = false;
    traits.stochastic = true;
    traits.path_ends = 1.0;
    return traits;
}

}  // namespace

SolverTraits EulerMaruyamaSolver::traits() const { return stochastic_traits(1.0, 2); }

void EulerMaruyamaSolver::advance(const Step& step) const {
    Tile& m = step.history.stage(0);
    Tile& noise = step.history.stage(1);
    auto& x = step.state.z;
    step.flow.target(x, step.from, m);
    x = m + (x - m) * (step.to / step.from + extra_drift(step, eta_));
    if (eta_ > 0.0) x += eta_ * path_increment(step, noise);
}

SolverTraits AncestralSolver::traits() const {
    SolverTraits traits = stochastic_traits(1.0, 2);
    traits.ways = Ways::down;
    return traits;
}

void AncestralSolver::advance(const Step& step) const {
    Tile& m = step.history.stage(0);
    Tile& noise = step.history.stage(1);
    auto& x = step.state.z;
    const AncestralCut cut = ancestral_cut(step.from, step.to, eta_);
    step.flow.target(x, step.from, m);
    x = m + (x - m) * (cut.down / step.from);
    if (eta_ > 0.0) x += cut.per_root_variance * path_increment(step, noise);
}

SolverTraits SdeHeunSolver::traits() const { return stochastic_traits(2.0, 4); }

void SdeHeunSolver::advance(const Step& step) const {
    Tile& k1 = step.history.stage(0);
    Tile& k2 = step.history.stage(1);
    Tile& trial = step.history.stage(2);
    Tile& noise = step.history.stage(3);
    auto& x = step.state.z;
    const double h = step.to - step.from + step.from * extra_drift(step, eta_);  // (1 +- eta^2) (sigma' - sigma)
    noise.setZero();
    if (eta_ > 0.0) noise = eta_ * path_increment(step, noise);
    step.flow.slope(Clock::sigma, x, step.from, k1);
    trial = x + h * k1 + noise;
    step.flow.slope(Clock::sigma, trial, step.to, k2);
    x += 0.5 * h * (k1 + k2) + noise;
}

SolverTraits EdmChurnSolver::traits() const {
    SolverTraits traits = stochastic_traits(2.0, 3);
    traits.ways = Ways::down;
    return traits;
}

void EdmChurnSolver::advance(const Step& step) const {
    Tile& k1 = step.history.stage(0);
    Tile& k2 = step.history.stage(1);
    Tile& trial = step.history.stage(2);
    auto& x = step.state.z;
    const bool churns = step.from >= churn_.least_sigma && step.from <= churn_.most_sigma;
    const double gamma = churns ? std::min(churn_.amount / step.route.sigmas, std::numbers::sqrt2 - 1.0) : 0.0;
    const double raised = step.from * (1.0 + gamma);
    if (gamma > 0.0) {
        const double length = 2.0 * std::log1p(gamma);
        const double root = std::sqrt((raised - step.from) * (raised + step.from) / length);
        x += churn_.noise * root * own_increment(step, NoiseClock::churn, length, trial);
    }
    const double h = step.to - raised;
    step.flow.slope(Clock::sigma, x, raised, k1);
    trial = x + h * k1;
    step.flow.slope(Clock::sigma, trial, step.to, k2);
    x += 0.5 * h * (k1 + k2);
}

SolverTraits ForwardSdeSolver::traits() const {
    SolverTraits traits = stochastic_traits(0.0, 1);
    traits.ways = Ways::up;
    return traits;
}

void ForwardSdeSolver::advance(const Step& step) const { step.state.z += path_increment(step, step.history.stage(0)); }

}  // namespace sigmaflow
