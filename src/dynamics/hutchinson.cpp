#include "sigmaflow/dynamics/hutchinson.hpp"

namespace sigmaflow {
namespace {

Row mean_estimate(const State& state, int probes) {
    Row sum = Row::Zero();
    for (int p = 0; p < probes; ++p) sum += state.z.row(state.layout.probes() + p).array();
    return sum / probes;
}

}  // namespace

Field HutchinsonLikelihood::field(int) const {
    return {"likelihood_hutchinson",
            "nat",
            "ln p_sigma(x) integrated along the flow, trace from random probes",
            "",
            1,
            {.lowest = 1e-2, .highest = 1e6}};
}

Requirements HutchinsonLikelihood::requirements() const {
    return {.posterior = {.log_density = true}, .channels = {.probes = probes_}};
}

void HutchinsonLikelihood::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    out.row(0) = (snapshot.start_log_density - mean_estimate(snapshot.state, probes_)).matrix();
}

Field HutchinsonError::field(int) const {
    return {"likelihood_hutchinson_error",
            "nat",
            "standard error of likelihood_hutchinson over its probes",
            "",
            1,
            {.lowest = 1e-9, .highest = 1e4, .two_sided = false}};
}

Requirements HutchinsonError::requirements() const { return {.channels = {.probes = probes_}}; }

void HutchinsonError::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    const State& state = snapshot.state;
    const Row mean = mean_estimate(state, probes_);
    Row squares = Row::Zero();
    for (int p = 0; p < probes_; ++p) squares += (state.z.row(state.layout.probes() + p).array() - mean).square();
    out.row(0) = (squares / (probes_ * (probes_ - 1.0))).sqrt().matrix();
}

}  // namespace sigmaflow
