#include "sigmaflow/stability/high_dimension.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace sigmaflow {
namespace {

constexpr int kMostShifts = 2000;
constexpr double kAscended = 1e-4;  ///< |F| / sigma at which Newton's method takes over
constexpr int kMostNewtonSteps = 30;
constexpr double kStationary = 1e-11;  ///< |F| / (sigma + |x|) at the end
constexpr double kSamePoint = 1e-6;    ///< distance over sigma
constexpr int kNeighbourModes = 4;     ///< of every mode, between which saddles are looked for

/// Starts ascend in tiles; every column stops by itself.
Eigen::MatrixXd ascended(const Denoiser& denoiser, const Eigen::MatrixXd& starts, double sigma) {
    Eigen::MatrixXd out = starts;
    PosteriorTile posterior(denoiser.dim(), {});
    const auto workspace = denoiser.workspace();
    Tile x(denoiser.dim(), kTileWidth);
    for (Eigen::Index first = 0; first < out.cols(); first += kTileWidth) {
        const Eigen::Index count = std::min<Eigen::Index>(kTileWidth, out.cols() - first);
        for (Eigen::Index c = 0; c < kTileWidth; ++c) x.col(c) = out.col(first + std::min(c, count - 1));
        for (int shift = 0; shift < kMostShifts; ++shift) {
            denoiser.evaluate(x, Row::Constant(sigma), {}, *workspace, posterior);
            const double farthest = (x - posterior.mean).colwise().norm().maxCoeff();
            x = posterior.mean;
            if (farthest < kAscended * sigma) break;
        }
        out.middleCols(first, count) = x.leftCols(count);
    }
    return out;
}

/// J s = right by conjugate gradients in the complement of the given directions, where J is positive.
Eigen::VectorXd solve_stable(const PosteriorAt& posterior, double sigma, const Eigen::MatrixXd& apart,
                             const Eigen::VectorXd& right) {
    const auto project = [&](Eigen::VectorXd& v) { v -= apart * (apart.transpose() * v); };
    Eigen::VectorXd solution = Eigen::VectorXd::Zero(right.size());
    Eigen::VectorXd residual = right;
    project(residual);
    Eigen::VectorXd direction = residual;
    Eigen::VectorXd image(right.size());
    double square = residual.squaredNorm();
    const double enough = 1e-24 * square;
    for (int i = 0; i < 200 && square > enough; ++i) {
        posterior.covariance_times(direction, image);
        image = direction - image / (sigma * sigma);
        project(image);
        const double curvature = direction.dot(image);
        if (!(curvature > 0.0)) break;
        solution += square / curvature * direction;
        residual -= square / curvature * image;
        const double next = residual.squaredNorm();
        direction = residual + next / square * direction;
        square = next;
    }
    return solution;
}

/// Newton's method: exact in the k softest directions, by conjugate gradients in the others.
std::optional<StationaryPoint> polished(const Denoiser& denoiser, Eigen::VectorXd x, double sigma, int k) {
    double last = 0.0;
    for (int step = 0; step < kMostNewtonSteps; ++step) {
        const auto posterior = denoiser.at(x, sigma);
        const Eigen::VectorXd force = x - posterior->mean;
        const EigenPairs soft = softest_eigenpairs(*posterior, sigma, k);
        const double size = force.norm();
        const bool rounding = step > 2 && size > 0.5 * last;
        if (size <= kStationary * (sigma + x.norm()) || (rounding && size < 1e-9 * sigma)) {
            StationaryPoint out;
            out.x = std::move(x);
            out.eigenvalues = soft.values;
            out.eigenvectors = soft.vectors;
            out.index = static_cast<int>((soft.values.array() < -kZeroEigenvalue).count());
            const auto zeros = (soft.values.array().abs() <= kZeroEigenvalue).count();
            out.zero_directions = soft.vectors.middleCols(out.index, zeros);
            out.residual = size / sigma;
            return out;
        }
        last = size;
        Eigen::VectorXd move = solve_stable(*posterior, sigma, soft.vectors, force);
        move += soft.vectors * ((soft.vectors.transpose() * force).array() / soft.values.array()).matrix();
        const double stiffest = std::max(1.0, soft.values.cwiseAbs().maxCoeff());
        const double most = 2.0 * sigma / std::sqrt(stiffest);
        if (move.norm() > most) move *= most / move.norm();
        x -= move;
        if (!x.allFinite()) return {};
    }
    return {};
}

/// Adds a point that is not there yet.
bool add(SparseStationarySet& set, std::optional<StationaryPoint> point, double sigma) {
    if (!point) return false;
    const bool known = std::any_of(set.points.begin(), set.points.end(), [&](const StationaryPoint& other) {
        return (other.x - point->x).norm() < kSamePoint * sigma;
    });
    if (!known) set.points.push_back(std::move(*point));
    return true;
}

/// Where p_sigma is least between two modes: a sign change of F along the way, among 32 places.
std::optional<Eigen::VectorXd> lowest_between(const Denoiser& denoiser, const Eigen::VectorXd& a,
                                              const Eigen::VectorXd& b, double sigma) {
    PosteriorTile posterior(denoiser.dim(), {});
    const auto workspace = denoiser.workspace();
    const Eigen::VectorXd way = b - a;
    double low = 0.0, high = 1.0;
    for (int pass = 0; pass < 3; ++pass) {
        Tile x(denoiser.dim(), kTileWidth);
        const double width = (high - low) / kTileWidth;
        for (Eigen::Index c = 0; c < kTileWidth; ++c)
            x.col(c) = a + (low + (static_cast<double>(c) + 0.5) * width) * way;
        denoiser.evaluate(x, Row::Constant(sigma), {}, *workspace, posterior);
        const Eigen::RowVectorXd along = way.transpose() * (x - posterior.mean);
        Eigen::Index change = 0;
        for (Eigen::Index c = 1; c < kTileWidth && change == 0; ++c) {
            if (along[c - 1] > 0.0 && along[c] <= 0.0) change = c;
        }
        if (change == 0) return {};
        high = low + (static_cast<double>(change) + 0.5) * width;
        low = high - width;
    }
    return a + 0.5 * (low + high) * way;
}

}  // namespace

SparseStationarySet find_sparse_stationary_points(const Distribution& law, double sigma, const Eigen::MatrixXd& starts,
                                                  int k) {
    const Denoiser& denoiser = law.posterior();
    SparseStationarySet out;
    out.starts = static_cast<int>(starts.cols());
    const Eigen::MatrixXd near = ascended(denoiser, starts, sigma);
    for (Eigen::Index i = 0; i < near.cols(); ++i) {
        // Most starts end where another did.
        const bool known = std::any_of(out.points.begin(), out.points.end(), [&](const StationaryPoint& point) {
            return (point.x - near.col(i)).norm() < 1e-2 * sigma;
        });
        if (!known && !add(out, polished(denoiser, near.col(i), sigma, k), sigma)) ++out.lost;
    }
    std::vector<Eigen::VectorXd> modes;
    for (const auto& point : out.points) {
        if (point.index == 0) modes.push_back(point.x);
    }
    for (std::size_t i = 0; i < modes.size(); ++i) {
        std::vector<std::size_t> order;
        for (std::size_t j = 0; j < modes.size(); ++j) {
            if (j != i) order.push_back(j);
        }
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return (modes[a] - modes[i]).norm() < (modes[b] - modes[i]).norm();
        });
        order.resize(std::min<std::size_t>(order.size(), kNeighbourModes));
        for (const std::size_t j : order) {
            const auto start = lowest_between(denoiser, modes[i], modes[j], sigma);
            if (start) add(out, polished(denoiser, *start, sigma, k), sigma);
        }
    }
    std::stable_sort(out.points.begin(), out.points.end(),
                     [](const StationaryPoint& a, const StationaryPoint& b) { return a.index < b.index; });
    return out;
}

}  // namespace sigmaflow
