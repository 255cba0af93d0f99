#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

void advance(const Solver& solver, ProbabilityFlow& flow, double to, History& history, State& state) {
    const Step step{flow, state.sigma[0], to, history, state};
    if (to > 0.0 || solver.traits().reaches_zero) {
        solver.advance(step);
    } else {
        Tile& target = history.stage(0);
        flow.target(state.z, step.from, target);
        state.x() = target.topRows(state.layout.dim);
    }
    state.sigma.setConstant(to);
}

}  // namespace sigmaflow
