#include "sigmaflow/numerics/even_directions.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sigmaflow/numerics/decompositions.hpp"
#include "sigmaflow/numerics/random.hpp"

namespace sigmaflow {

std::pair<double, double> circle_point(std::int64_t i, std::int64_t n) {
    const std::int64_t quarter = 4 * i / n;
    const std::int64_t rest = 4 * i % n;
    const bool mirrored = 2 * rest > n;
    const double angle =
        0.5 * std::numbers::pi * static_cast<double>(mirrored ? n - rest : rest) / static_cast<double>(n);
    double c = std::cos(angle);
    double s = 2 * rest == n ? c : std::sin(angle);
    if (mirrored) std::swap(c, s);
    for (std::int64_t turn = 0; turn < quarter; ++turn) {
        const double old = c;
        c = -s;
        s = old;
    }
    return {c, s};
}

namespace {

Eigen::MatrixXd circle(Eigen::Index count) {
    Eigen::MatrixXd out(2, count);
    for (Eigen::Index i = 0; i < count; ++i) {
        const auto [c, s] = circle_point(i, count);
        out.col(i) << c, s;
    }
    return out;
}

Eigen::MatrixXd fibonacci_sphere(Eigen::Index count) {
    Eigen::MatrixXd out(3, count);
    const auto n = static_cast<double>(count);
    for (Eigen::Index i = 0; i < count; ++i) {
        const double z = (n - 1.0 - 2.0 * static_cast<double>(i)) / n;
        const double across = std::sqrt((1.0 - z) * (1.0 + z));
        const double turns = static_cast<double>(i) / std::numbers::phi;
        const double angle = 2.0 * std::numbers::pi * (turns - std::floor(turns));
        out.col(i) << across * std::cos(angle), across * std::sin(angle), z;
    }
    return out;
}

/// The first `count` vectors of basis number `index`.
Eigen::MatrixXd basis(int dim, Eigen::Index count, std::int64_t index) {
    if (index == 0) return Eigen::MatrixXd::Identity(dim, count);
    Stream stream(0, 0, index, Purpose::rotation);
    Eigen::MatrixXd normals(dim, count);
    for (auto& number : normals.reshaped()) number = stream.normal();
    return orthonormal_columns(normals);
}

Eigen::MatrixXd antipodal_bases(int dim, Eigen::Index count) {
    Eigen::MatrixXd out(dim, count);
    std::int64_t index = 0;
    for (Eigen::Index first = 0; first < count; first += 2 * Eigen::Index{dim}) {
        const Eigen::Index here = std::min(2 * Eigen::Index{dim}, count - first);
        const Eigen::MatrixXd vectors = basis(dim, (here + 1) / 2, index++);
        for (Eigen::Index i = 0; i < here; ++i) {
            out.col(first + i) = (i % 2 == 0 ? 1.0 : -1.0) * vectors.col(i / 2);
        }
    }
    return out;
}

}  // namespace

Eigen::MatrixXd even_directions(int dim, Eigen::Index count) {
    if (dim == 2) return circle(count);
    if (dim == 3) return fibonacci_sphere(count);
    return antipodal_bases(dim, count);
}

}  // namespace sigmaflow
