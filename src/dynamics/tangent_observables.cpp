#include "sigmaflow/dynamics/tangent_observables.hpp"

#include <algorithm>
#include <cmath>

namespace sigmaflow {
namespace {

constexpr BinScale singular_value_bins{.lowest = 1e-9, .highest = 1e6, .two_sided = false};
constexpr BinScale conditioning_bins{.lowest = 1.0, .highest = 1e12, .two_sided = false};
/// As those of the spectrum: exponents are eigenvalues of J, averaged.
constexpr BinScale exponent_bins{.origin = 1.0, .sign = -1.0, .lowest = 1e-4, .highest = 1e4, .two_sided = false};

/// Ascending, in place; a column of a tile is not contiguous, and there are few numbers.
void sort_column(Eigen::Ref<Tile> out, int c) {
    for (Eigen::Index i = 1; i < out.rows(); ++i) {
        for (Eigen::Index j = i; j > 0 && out(j, c) < out(j - 1, c); --j) std::swap(out(j, c), out(j - 1, c));
    }
}

}  // namespace

Field MapSingularValues::field(int dim) const {
    return {"singular_values", "1",        "singular values of dx/dx_start, descending",
            "direction",       count(dim), singular_value_bins};
}

void MapSingularValues::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    for (int c = 0; c < kTileWidth; ++c) {
        for (Eigen::Index i = 0; i < out.rows(); ++i) out(i, c) = -std::exp(snapshot.state.tangent_scale(i, c));
        sort_column(out, c);
    }
    out *= -1.0;
}

Field LyapunovExponents::field(int dim) const {
    return {"lyapunov",  "1",        "finite-time Lyapunov exponents of the flow in ln sigma, ascending",
            "direction", count(dim), exponent_bins};
}

Requirements LyapunovExponents::requirements() const {
    Requirements out = TangentObservable::requirements();
    out.posterior.trace = out.posterior.covariance = true;
    return out;
}

void LyapunovExponents::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    const State& state = snapshot.state;
    const Eigen::Index n = out.rows();
    for (int c = 0; c < kTileWidth; ++c) {
        const double sigma = state.sigma[c];
        const double time = std::log(sigma / snapshot.start_sigma);
        if (time != 0.0) {
            for (Eigen::Index i = 0; i < n; ++i) out(i, c) = state.tangent_scale(i, c) / time;
            sort_column(out, c);
            continue;
        }
        // The leading block of C, padded with zeros: its eigenvalues are >= 0, so the last n are those of the block.
        const auto block = snapshot.posterior.covariance[static_cast<std::size_t>(c)].topLeftCorner(n, n);
        snapshot.matrix.setZero();
        snapshot.matrix.topLeftCorner(n, n) = block;
        const auto values = snapshot.spectrum.eigenvalues(snapshot.matrix).tail(n);
        out.col(c) = 1.0 - values.reverse().array() / (sigma * sigma);
    }
}

Field Conditioning::field(int) const {
    return {"conditioning", "1", "largest over smallest singular value of dx/dx_start", "", 1, conditioning_bins};
}

void Conditioning::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    for (int c = 0; c < kTileWidth; ++c) {
        const auto logs = snapshot.state.tangent_scale.col(c);
        out(0, c) = std::exp(logs.maxCoeff() - logs.minCoeff());
    }
}

}  // namespace sigmaflow
