#include "sigmaflow/numerics/graded_columns.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace sigmaflow {

/// f_i' = c (f_i - u f_j), f_j' = c (v f_i + f_j) in those particles that need it.
struct GradedColumns::Rotation {
    std::array<double, kTileWidth> c, u, v;
    std::array<bool, kTileWidth> needed;
    bool any = false;
};

namespace {

Row product(const Tile& tile, Eigen::Index i, Eigen::Index j, int dim) {
    Row sum = Row::Zero();
    for (int r = 0; r < dim; ++r) sum += tile.row(i + r).array() * tile.row(j + r).array();
    return sum;
}

/// What dot products of d numbers lose.
double tolerance(int dim) { return 4.0 * std::numeric_limits<double>::epsilon() * std::sqrt(dim); }

}  // namespace

/// The rotation that makes g_i = s_i f_i and g_j = s_j f_j orthogonal: t = tan of its angle solves t^2 + 2 zeta t = 1,
/// zeta = (|g_j|^2 - |g_i|^2) / (2 g_i.g_j). Everything is in units of the larger of s_i, s_j; with p = s_i and q = s_j
/// in these units, u = t q/p and v = t p/q need no division by the smaller one.
GradedColumns::Rotation GradedColumns::rotation(const Tile& frame, Eigen::Index first_row, int i, int j,
                                                const Tile& log_scale) const {
    const Eigen::Index at_i = first_row + Eigen::Index{i} * dim_;
    const Eigen::Index at_j = first_row + Eigen::Index{j} * dim_;
    const Row a = product(frame, at_i, at_i, dim_);
    const Row b = product(frame, at_j, at_j, dim_);
    const Row g = product(frame, at_i, at_j, dim_);
    const double allowed = tolerance(dim_);
    Rotation out;
    for (int col = 0; col < kTileWidth; ++col) {
        const auto n = static_cast<std::size_t>(col);
        out.needed[n] = std::abs(g[col]) > allowed * std::sqrt(a[col] * b[col]);
        out.c[n] = 1.0;
        out.u[n] = out.v[n] = 0.0;
        if (!out.needed[n]) continue;
        out.any = true;
        const double larger = log_scale(j, col) - log_scale(i, col);
        const double ratio = std::exp(-std::abs(larger));
        const double p2 = larger > 0.0 ? ratio * ratio : 1.0;
        const double q2 = larger > 0.0 ? 1.0 : ratio * ratio;
        const double difference = q2 * b[col] - p2 * a[col];
        const double size = std::abs(difference) + std::hypot(difference, 2.0 * ratio * g[col]);
        const double twice = (difference < 0.0 ? -2.0 : 2.0) * g[col] / size;
        out.u[n] = q2 * twice;
        out.v[n] = p2 * twice;
        out.c[n] = 1.0 / std::sqrt(1.0 + out.u[n] * out.v[n]);
    }
    return out;
}

void GradedColumns::rotate(Tile& tile, Eigen::Index first_row, int i, int j, const Rotation& by) const {
    for (int r = 0; r < dim_; ++r) {
        double* one = tile.row(first_row + Eigen::Index{i} * dim_ + r).data();
        double* other = tile.row(first_row + Eigen::Index{j} * dim_ + r).data();
        for (std::size_t n = 0; n < kTileWidth; ++n) {
            const double f = one[n];
            const double h = other[n];
            one[n] = by.needed[n] ? by.c[n] * (f - by.u[n] * h) : f;
            other[n] = by.needed[n] ? by.c[n] * (by.v[n] * f + h) : h;
        }
    }
}

/// Only in the particles that `which` names: dividing by a norm again would change the bits of the others.
void GradedColumns::normalise(std::span<Tile* const> tiles, Eigen::Index first_row, const bool* which,
                              Tile& log_scale) const {
    for (int j = 0; j < count_; ++j) {
        const Eigen::Index at = first_row + Eigen::Index{j} * dim_;
        const Row squares = product(*tiles[0], at, at, dim_);
        Row factor = Row::Ones();
        for (int n = 0; n < kTileWidth; ++n) {
            if (!which[n]) continue;
            const double norm = std::sqrt(squares[n]);
            log_scale(j, n) += std::log(norm);
            if (norm > 0.0) factor[n] = 1.0 / norm;
        }
        for (Tile* tile : tiles) {
            for (int r = 0; r < dim_; ++r) tile->row(at + r).array() *= factor;
        }
    }
}

void GradedColumns::orthogonalise(std::span<Tile* const> tiles, Eigen::Index first_row, Tile& log_scale) const {
    std::array<bool, kTileWidth> turned{};
    turned.fill(true);
    normalise(tiles, first_row, turned.data(), log_scale);
    for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
        turned.fill(false);
        for (int i = 0; i + 1 < count_; ++i) {
            for (int j = i + 1; j < count_; ++j) {
                const Rotation by = rotation(*tiles[0], first_row, i, j, log_scale);
                if (!by.any) continue;
                for (Tile* tile : tiles) rotate(*tile, first_row, i, j, by);
                for (std::size_t n = 0; n < kTileWidth; ++n) turned[n] = turned[n] || by.needed[n];
            }
        }
        if (std::find(turned.begin(), turned.end(), true) == turned.end()) return;
        normalise(tiles, first_row, turned.data(), log_scale);
    }
}

double GradedColumns::flops(double dim, double count, double tiles) {
    constexpr double sweeps = 3.0;
    return count * 3.0 * dim + sweeps * 0.5 * count * (count - 1.0) * (6.0 * dim * (1.0 + tiles) + 40.0);
}

}  // namespace sigmaflow
