#include "sigmaflow/dynamics/observables.hpp"

namespace sigmaflow {
namespace {

constexpr BinScale coordinate_bins{.lowest = 1e-3, .highest = 1e3};
constexpr BinScale log_density_bins{.lowest = 1e-2, .highest = 1e6};
/// u = 1 - J = c, an eigenvalue of C / sigma^2; J = 0 is an edge.
constexpr BinScale jacobian_bins{.origin = 1.0, .sign = -1.0, .lowest = 1e-4, .highest = 1e4, .two_sided = false};
constexpr BinScale mmse_bins{.lowest = 1e-8, .highest = 1e8, .two_sided = false};
constexpr BinScale error_bins{.lowest = 1e-15, .highest = 1e3, .two_sided = false};
constexpr BinScale count_bins{.lowest = 0.5, .highest = 1e7, .two_sided = false};
constexpr BinScale entropy_bins{.lowest = 1e-4, .highest = 1e4, .two_sided = false};

}  // namespace

Field Positions::field(int dim) const {
    return {"positions", "data", "position x", "coordinate", dim, coordinate_bins};
}

void Positions::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const { out = snapshot.state.x(); }

Field PosteriorMean::field(int dim) const {
    return {"mean", "data", "posterior mean m(x; sigma), the ideal denoiser", "coordinate", dim, coordinate_bins};
}

void PosteriorMean::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const { out = snapshot.posterior.mean; }

Field Spectrum::field(int dim) const {
    return {"spectrum", "1", "eigenvalues of J = I - C/sigma^2, ascending", "rank", dim, jacobian_bins};
}

Requirements Spectrum::requirements() const { return {.posterior = {.trace = true, .covariance = true}}; }

void Spectrum::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    for (int column = 0; column < kTileWidth; ++column) {
        const double sigma = snapshot.state.sigma[column];
        const Eigen::MatrixXd& covariance = snapshot.posterior.covariance[static_cast<std::size_t>(column)];
        // Eigenvalues of C, not of J: small ones keep their digits, and 1 - c is then exact to rounding.
        out.col(column) = 1.0 - snapshot.spectrum.eigenvalues(covariance).reverse().array() / (sigma * sigma);
    }
}

Field LogDensity::field(int) const {
    return {"log_density", "nat", "ln p_sigma(x), closed form", "", 1, log_density_bins};
}

Requirements LogDensity::requirements() const { return {.posterior = {.log_density = true}}; }

void LogDensity::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    out.row(0) = snapshot.posterior.log_density.matrix();
}

Field Likelihood::field(int) const {
    return {"likelihood", "nat", "ln p_sigma(x) integrated along the flow by the solver", "", 1, log_density_bins};
}

Requirements Likelihood::requirements() const {
    return {.posterior = {.log_density = true}, .channels = {.log_jacobian = true}};
}

void Likelihood::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    const State& state = snapshot.state;
    out.row(0) = (snapshot.start_log_density - state.z.row(state.layout.log_jacobian()).array()).matrix();
}

Field RoundTripError::field(int) const {
    return {"round_trip_error", "data", "distance to where a round trip passed on its way up", "", 1, error_bins};
}

Requirements RoundTripError::requirements() const { return {.outbound = true}; }

void RoundTripError::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    out.row(0) = (snapshot.state.x() - snapshot.outbound).colwise().norm();
}

Field SolverCount::field(int) const { return {name_, "1", meaning_, "", 1, count_bins}; }

void SolverCount::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    out.row(0) = (snapshot.state.*count_).matrix();
}

Field Mmse::field(int) const {
    return {"mmse", "data^2", "tr C, whose mean is the minimum mean square error", "", 1, mmse_bins};
}

Requirements Mmse::requirements() const { return {.posterior = {.trace = true}}; }

void Mmse::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    out.row(0) = snapshot.posterior.trace.matrix();
}

Field WeightEntropy::field(int) const {
    return {"entropy", "nat", "entropy of the posterior weights", "", 1, entropy_bins};
}

Requirements WeightEntropy::requirements() const { return {.posterior = {.entropy = true}}; }

void WeightEntropy::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    out.row(0) = snapshot.posterior.entropy.matrix();
}

Field ClassEntropy::field(int) const {
    return {"class_entropy", "nat", "entropy of the posterior over classes", "", 1, entropy_bins};
}

Requirements ClassEntropy::requirements() const { return {.posterior = {.class_entropy = true}}; }

void ClassEntropy::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    out.row(0) = snapshot.posterior.class_entropy.matrix();
}

}  // namespace sigmaflow
