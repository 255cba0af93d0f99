#include "sigmaflow/dynamics/dpm_sde.hpp"

#include <cmath>

#include "ancestral.hpp"
#include "noise_increment.hpp"

namespace sigmaflow {
namespace {

SolverTraits stochastic_traits() {
    SolverTraits traits;
    traits.follows_flow = false;
    traits.stochastic = true;
    traits.ways = Ways::down;
    return traits;
}

/// out = the ancestral step from x at step.from to `to` with the denoiser m; `out` may be x.
void ancestral_step(const Step& step, double to, double eta, const Tile& m, const Tile& x, Tile& out, Tile& noise) {
    const AncestralCut cut = ancestral_cut(step.from, to, eta);
    out = m + (x - m) * (cut.down / step.from);
    if (eta > 0.0) out += cut.per_root_variance * path_increment(step, step.from, to, noise);
}

/// m is m(x; sigma), changed on return; u and noise are scratch.
void two_ancestral_steps(const Step& step, double eta, double r, Tile& m, Tile& u, Tile& noise) {
    Tile& x = step.state.z;
    const double middle = step.from * std::pow(step.to / step.from, r);
    ancestral_step(step, middle, eta, m, x, u, noise);
    step.flow.target(u, middle, noise);
    m += (noise - m) / (2.0 * r);
    ancestral_step(step, step.to, eta, m, x, x, noise);
}

}  // namespace

SolverTraits DpmPPSdeSolver::traits() const {
    SolverTraits traits = stochastic_traits();
    traits.evaluations_per_step = 2.0;
    traits.stages = 3;
    traits.path_ends = 2.0;
    return traits;
}

void DpmPPSdeSolver::advance(const Step& step) const {
    Tile& m = step.history.stage(0);
    step.flow.target(step.state.z, step.from, m);
    two_ancestral_steps(step, eta_, r_, m, step.history.stage(1), step.history.stage(2));
}

SolverTraits DpmPP2MSdeSolver::traits() const {
    SolverTraits traits = stochastic_traits();
    traits.stages = 3;
    traits.memory = 2;
    traits.path_ends = 1.0;
    return traits;
}

void DpmPP2MSdeSolver::advance(const Step& step) const {
    History& history = step.history;
    Tile& x = step.state.z;
    const double lambda = -std::log(step.from);
    Tile& m = history.push(lambda);
    step.flow.target(x, step.from, m);
    Tile& scratch = history.stage(0);
    Tile& noise = history.stage(1);
    if (history.length() < 2) {
        scratch = m;
        return two_ancestral_steps(step, eta_, 0.5, scratch, history.stage(2), noise);
    }
    const double h = std::log(step.from / step.to);
    const double q = (1.0 + eta_ * eta_) * h;
    const double gain = -std::expm1(-q);
    const double weight = rule_ == SlopeRule::midpoint ? 0.5 * gain : 1.0 - gain / q;
    scratch = (m - history.past(1)) * (h / (lambda - history.clock(1)));
    x = x + gain * (m - x) + weight * scratch;
    if (eta_ == 0.0) return;
    const double noise_variance = -step.to * step.to * std::expm1(-2.0 * eta_ * eta_ * h);
    const double path_variance = (step.from - step.to) * (step.from + step.to);
    x += std::sqrt(noise_variance / path_variance) * path_increment(step, noise);
}

}  // namespace sigmaflow
