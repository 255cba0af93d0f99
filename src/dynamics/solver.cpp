#include "sigmaflow/dynamics/solver.hpp"

#include <stdexcept>

namespace sigmaflow {
namespace {

void step_in_flows_coordinates(const Solver& solver, const Step& step) {
    if (!step.flow.is_scaled()) return solver.advance(step);
    step.state.decaying() *= step.flow.scale(step.from);
    solver.advance(step);
    step.state.decaying() /= step.flow.scale(step.to);
}

}  // namespace

void advance(const Solver& solver, ProbabilityFlow& flow, double to, History& history, State& state,
             const Route& route) {
    const Step step{flow, state.sigma[0], to, history, state, route};
    const SolverTraits traits = solver.traits();
    if (traits.stochastic && route.noise == nullptr) throw std::logic_error("a stochastic solver without noise");
    const double before = flow.evaluations();
    if (to > 0.0 || traits.reaches_zero) {
        step_in_flows_coordinates(solver, step);
    } else {
        Tile& target = history.stage(0);
        flow.target(state.z, step.from, target);
        state.x() = target.topRows(state.layout.dim);
    }
    state.sigma.setConstant(to);
    if (traits.adaptive && to > 0.0) return;
    state.steps += 1.0;
    state.evaluations += flow.evaluations() - before;
}

}  // namespace sigmaflow
