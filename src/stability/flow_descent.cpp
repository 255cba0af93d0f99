#include "sigmaflow/stability/flow_descent.hpp"

namespace sigmaflow {
namespace {

constexpr int kMostSteps = 100'000;

Tolerances tolerances_of(double tolerance, double least_sigma) {
    return {.relative = tolerance, .absolute = tolerance * least_sigma, .max_steps = kMostSteps};
}

History history_for(const AdaptiveSolver& solver, int rows) {
    const SolverTraits traits = solver.traits();
    return {traits.stages, traits.memory, traits.numbers, rows};
}

}  // namespace

FlowDescent::FlowDescent(const Distribution& law, double tolerance, double least_sigma)
    : solver_(dormand_prince(), tolerances_of(tolerance, least_sigma)),
      flow_(law, {}),
      history_(history_for(solver_, flow_.layout().rows())),
      state_(flow_.layout()) {}

void FlowDescent::start(const Tile& x, double sigma) {
    state_ = State(flow_.layout());
    state_.x() = x;
    state_.sigma.setConstant(sigma);
    history_.clear();
}

void FlowDescent::descend(double sigma) {
    if (sigma != state_.sigma[0]) advance(solver_, flow_, sigma, history_, state_);
}

Work FlowDescent::cost(const Distribution& law, double tolerance, const std::vector<double>& levels) {
    const AdaptiveSolver solver(dormand_prince(), tolerances_of(tolerance, levels.back()));
    return flow_cost(law.posterior(), {}, kTileWidth).times(solver.evaluations(levels));
}

}  // namespace sigmaflow
