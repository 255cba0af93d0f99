#include "sigmaflow/distribution/posterior_weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sigmaflow/numerics/exponential.hpp"

namespace sigmaflow {
namespace {

/// Largest logarithm of each column and where it stands.
void find_largest(const Tile& logs, Row& largest, std::array<int, kTileWidth>& where) {
    largest.setConstant(-std::numeric_limits<double>::infinity());
    where.fill(0);
    for (Eigen::Index k = 0; k < logs.rows(); ++k) {
        const double* l = logs.row(k).data();
        for (int c = 0; c < kTileWidth; ++c) {
            const bool larger = !(l[c] <= largest[c]);  // NaN wins and stays visible
            largest[c] = larger ? l[c] : largest[c];
            where[static_cast<std::size_t>(c)] = larger ? static_cast<int>(k) : where[static_cast<std::size_t>(c)];
        }
    }
}

/// Sums over the components of each column.
struct ColumnSums {
    double rest[kTileWidth] = {};
    double spread[kTileWidth] = {};
};

/// Turns the logarithms of component k into e_k and adds it up; true if any is above zero. Everything that the loop
/// touches is local, so that it vectorises.
bool exponentiate(int k, const double (&largest)[kTileWidth], const int (&dominant)[kTileWidth], double* logs,
                  ColumnSums& sums) {
    double e[kTileWidth];
    double below[kTileWidth];
    for (int c = 0; c < kTileWidth; ++c) below[c] = largest[c] - logs[c];
    for (int c = 0; c < kTileWidth; ++c) e[c] = exp_of_nonpositive(-below[c]);
    for (int c = 0; c < kTileWidth; ++c) sums.rest[c] += dominant[c] == k ? 0.0 : e[c];
    for (int c = 0; c < kTileWidth; ++c) sums.spread[c] += e[c] * below[c];
    int any = 0;
    for (int c = 0; c < kTileWidth; ++c) any |= e[c] != 0.0 ? 1 : 0;
    std::copy(e, e + kTileWidth, logs);
    return any != 0;
}

}  // namespace

void PosteriorWeights::normalise() {
    find_largest(table, largest_, dominant);
    double largest[kTileWidth];
    int where[kTileWidth];
    std::copy(largest_.begin(), largest_.end(), largest);
    std::copy(dominant.begin(), dominant.end(), where);
    ColumnSums sums;
    active.clear();
    for (Eigen::Index k = 0; k < table.rows(); ++k) {
        const auto component = static_cast<int>(k);
        if (exponentiate(component, largest, where, table.row(k).data(), sums)) active.push_back(component);
    }
    rest_ = Eigen::Map<const Row>(sums.rest);
    spread_ = Eigen::Map<const Row>(sums.spread);
    inverse_sum = 1.0 / (1.0 + rest_);
}

Row PosteriorWeights::log_sum() const {
    Row out;
    for (int c = 0; c < kTileWidth; ++c) out[c] = largest_[c] + std::log1p(rest_[c]);
    return out;
}

Row PosteriorWeights::entropy() const {
    Row out;
    for (int c = 0; c < kTileWidth; ++c) out[c] = std::log1p(rest_[c]) + spread_[c] * inverse_sum[c];
    return out;
}

void total_cumulants(const PosteriorWeights& weights, const Tile& table, int order, TotalCumulance& law,
                     Eigen::Ref<Tile> out) {
    const Eigen::Index depth = law.reference.rows();
    for (int c = 0; c < kTileWidth; ++c) {
        const Eigen::Index first = weights.dominant[static_cast<std::size_t>(c)] * depth;
        law.reference.col(c) = table.col(c).segment(first, depth);
    }
    law.start(order);
    for (const int k : weights.active) law.average(weights.table.row(k), table.middleRows(k * depth, depth));
    law.centre(weights.inverse_sum);
    for (const int k : weights.active) law.spread(weights.table.row(k), table.middleRows(k * depth, depth));
    law.finish(out);
}

SecondMoment::SecondMoment(int dim) : dim_(dim), sums_(Eigen::Index{dim} * (dim + 1) / 2, kTileWidth) {}

void SecondMoment::start(bool diagonal_only) {
    diagonal_only_ = diagonal_only;
    sums_.topRows(diagonal_only ? dim_ : sums_.rows()).setZero();
}

void SecondMoment::add(const Row& weight, const Tile& e) {
    Row weighted;
    for (int i = 0; i < dim_; ++i) {
        weighted = weight * e.row(i).array();
        for (int j = diagonal_only_ ? i : 0; j <= i; ++j) sums_.row(row(i, j)).array() += weighted * e.row(j).array();
    }
}

void SecondMoment::add(const Row& weight, const double* u) {
    Row weighted;
    for (int i = 0; i < dim_; ++i) {
        if (u[i] == 0.0) continue;
        weighted = weight * u[i];
        for (int j = diagonal_only_ ? i : 0; j <= i; ++j) sums_.row(row(i, j)).array() += weighted * u[j];
    }
}

void SecondMoment::finish(const Row& factor, const Row& amount, PosteriorTile& out) const {
    out.trace.setZero();
    for (int i = 0; i < dim_; ++i) out.trace += factor * sums_.row(row(i, i)).array() + amount;
    if (diagonal_only_) return;
    for (int c = 0; c < kTileWidth; ++c) {
        Eigen::MatrixXd& covariance = out.covariance[static_cast<std::size_t>(c)];
        for (int i = 0; i < dim_; ++i) {
            for (int j = 0; j < i; ++j) {
                covariance(i, j) = covariance(j, i) = factor[c] * sums_(row(i, j), c);
            }
            covariance(i, i) = factor[c] * sums_(row(i, i), c) + amount[c];
        }
    }
}

}  // namespace sigmaflow
