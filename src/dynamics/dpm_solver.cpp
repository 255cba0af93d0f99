#include "sigmaflow/dynamics/dpm_solver.hpp"

#include <cmath>

#include "exponential_step.hpp"

namespace sigmaflow {
namespace {

void singlestep2(const Step& step, const Tile& now, Tile& trial, Tile& middle) {
    const double h = log_ratio(step);
    Tile& z = step.state.z;
    frozen_step(step.state.layout, 0.5 * h, z, now, trial);
    step.flow.target(trial, step.from * std::exp(-0.5 * h), middle);
    frozen_step(step.state.layout, h, z, middle, z);
}

/// DPM-Solver++(3S): nodes at 1/3 and 2/3 of the step.
void singlestep3(const Step& step, const Tile& now, Tile& trial, Tile& node) {
    const double h = log_ratio(step);
    const StateLayout& layout = step.state.layout;
    Tile& z = step.state.z;
    frozen_step(layout, h / 3.0, z, now, trial);
    step.flow.target(trial, step.from * std::exp(-h / 3.0), node);
    node -= now;
    frozen_step(layout, 2.0 * h / 3.0, z, now, trial);
    add_second(layout, 2.0 * h / 3.0, 2.0, node, trial);
    step.flow.target(trial, step.from * std::exp(-2.0 * h / 3.0), node);
    node -= now;
    frozen_step(layout, h, z, now, z);
    add_second(layout, h, 1.5, node, z);
}

}  // namespace

void DpmPP2SSolver::advance(const Step& step) const {
    Tile& now = step.history.stage(0);
    step.flow.target(step.state.z, step.from, now);
    singlestep2(step, now, step.history.stage(1), now);
}

void DpmPP2MSolver::advance(const Step& step) const {
    History& history = step.history;
    const double lambda = -std::log(step.from);
    Tile& now = history.push(lambda);
    step.flow.target(step.state.z, step.from, now);
    if (history.length() < 2) return singlestep2(step, now, history.stage(0), history.stage(1));
    const double h = log_ratio(step);
    const double r = (lambda - history.clock(1)) / h;
    Tile& mean = history.stage(0);
    mean = now + (now - history.past(1)) / (2.0 * r);
    frozen_step(step.state.layout, h, step.state.z, mean, step.state.z);
}

void DpmPP3MSolver::advance(const Step& step) const {
    History& history = step.history;
    const StateLayout& layout = step.state.layout;
    Tile& z = step.state.z;
    const double lambda = -std::log(step.from);
    Tile& now = history.push(lambda);
    step.flow.target(z, step.from, now);
    if (history.length() < 3) return singlestep3(step, now, history.stage(0), history.stage(1));
    const double h = log_ratio(step);
    const double r0 = (lambda - history.clock(1)) / h;
    const double r1 = (history.clock(1) - history.clock(2)) / h;
    Tile& d1 = history.stage(0);
    Tile& d2 = history.stage(1);
    d1 = (now - history.past(1)) / r0;
    d2 = (d1 - (history.past(1) - history.past(2)) / r1) / (r0 + r1);
    d1 += r0 * d2;
    frozen_step(layout, h, z, now, z);
    add_second(layout, h, 1.0, d1, z);
    const double c = third_ == ThirdTerm::corrected ? 2.0 : 1.0;
    add_third(layout, h, c, d2, z);
}

}  // namespace sigmaflow
