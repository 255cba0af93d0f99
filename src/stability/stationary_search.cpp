#include "sigmaflow/stability/stationary_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {
namespace {

constexpr int kMostEvaluations = 120;
constexpr double kLargestRadius = 2.0;
constexpr double kConverged = 1e-8;       ///< a Newton step this short, in the metric, is followed by the last two
constexpr double kMostResidual = 1e-9;    ///< |F| / length / max(1, |J|) at the end
constexpr double kFlatEigenvalue = 1e-9;  ///< no step is taken along a direction that is flatter

}  // namespace

struct StationarySearch::Lane {
    Eigen::VectorXd x;
    int index = 0;
    int mean_shifts = 0;
    double radius = 1.0;
    Eigen::VectorXd last_step;
    int evaluations = 0;
    int last_steps = -1;  ///< plain Newton steps still to take, once it is close
    std::optional<StationaryPoint> found;
};

StationarySearch::StationarySearch(GradientSystem& system, double tau)
    : system_(system), tau_(tau), length_(system.length(tau)) {}

bool is_same_point(const StationaryPoint& a, const StationaryPoint& b, double length) {
    const Eigen::VectorXd apart = a.eigenvectors.transpose() * (a.x - b.x);
    const double size = a.x.norm() + length;
    for (Eigen::Index i = 0; i < apart.size(); ++i) {
        const double stiffness = std::abs(a.eigenvalues[i]);
        const double error = 100.0 * std::numeric_limits<double>::epsilon() * size / std::max(stiffness, 1e-9);
        if (std::abs(apart[i]) > 1e-7 * length / std::sqrt(std::max(1.0, stiffness)) + error) return false;
    }
    return true;
}

double StationarySearch::deflate(const Eigen::VectorXd& x, const Eigen::VectorXd& step,
                                 const std::vector<StationaryPoint>& deflated) const {
    // Newton's step for M F with M = prod (1 + (length/r_i)^2) is that for F over 1 - grad ln M . step.
    double slope = 0.0;
    for (const auto& point : deflated) {
        const Eigen::VectorXd apart = x - point.x;
        const double square = apart.squaredNorm() / (length_ * length_);
        if (square < 1e-24) return 1.0;
        slope += -2.0 * apart.dot(step) / (length_ * length_) / (square * (1.0 + square));
    }
    const double factor = 1.0 / (1.0 - slope);
    return std::isfinite(factor) ? factor : 1.0;
}

/// One evaluation further; false when the lane has ended, with or without a point.
bool StationarySearch::advance(Lane& lane, const Eigen::VectorXd& value, const Eigen::MatrixXd& jacobian,
                               const std::vector<StationaryPoint>& deflated) const {
    ++lane.evaluations;
    if (!value.allFinite() || !jacobian.allFinite()) return false;
    if (lane.mean_shifts > 0) {
        --lane.mean_shifts;
        lane.x -= value;
        return true;
    }
    StationaryPoint here;
    here.x = lane.x;
    classify(jacobian, here);
    here.residual = value.norm() / length_;
    if (lane.last_steps == 0) {
        const double stiffest = here.eigenvalues.cwiseAbs().maxCoeff();
        if (here.residual <= kMostResidual * std::max(1.0, stiffest)) lane.found = std::move(here);
        return false;
    }
    move(lane, here, value, deflated);
    return lane.evaluations < kMostEvaluations;
}

/// A step in the eigenbasis of J, limited in the metric of the place.
void StationarySearch::move(Lane& lane, const StationaryPoint& here, const Eigen::VectorXd& value,
                            const std::vector<StationaryPoint>& deflated) const {
    const bool is_newton = lane.index == SearchStart::kNewton || lane.last_steps > 0;
    const Eigen::VectorXd force = here.eigenvectors.transpose() * value;
    Eigen::VectorXd step(force.size());
    for (Eigen::Index i = 0; i < step.size(); ++i) {
        const double mu = here.eigenvalues[i];
        const double newton = std::abs(mu) < kFlatEigenvalue ? 0.0 : -force[i] / mu;
        const double followed = (i < lane.index ? 1.0 : -1.0) * force[i] / std::max(std::abs(mu), kFlatEigenvalue);
        step[i] = is_newton ? newton : followed;
    }
    double size = (step.array() * here.eigenvalues.array().abs().max(1.0).sqrt()).matrix().norm() / length_;
    Eigen::VectorXd way = here.eigenvectors * step;
    if (lane.last_steps > 0) {
        --lane.last_steps;
    } else if (size < kConverged) {
        lane.last_steps = 2;
    } else if (!deflated.empty()) {
        const double factor = deflate(lane.x, way, deflated);
        way *= factor;
        size *= std::abs(factor);
    }
    if (size > lane.radius) way *= lane.radius / size;
    if (lane.last_step.size() > 0) {
        const bool turned = way.dot(lane.last_step) < 0.0;
        lane.radius = turned ? 0.5 * lane.radius : std::min(1.3 * lane.radius, kLargestRadius);
    }
    lane.x += way;
    lane.last_step = std::move(way);
}

std::vector<std::optional<StationaryPoint>> StationarySearch::run(const std::vector<SearchStart>& starts,
                                                                  const std::vector<StationaryPoint>& deflated) {
    std::vector<std::optional<StationaryPoint>> out(starts.size());
    std::vector<Lane> lanes;
    std::vector<std::size_t> of_lane;
    std::size_t next = 0;
    FieldSamples samples;
    while (next < starts.size() || !lanes.empty()) {
        for (; lanes.size() < kTileWidth && next < starts.size(); ++next) {
            lanes.push_back({.x = starts[next].x,
                             .index = std::min(starts[next].index, system_.dim()),
                             .mean_shifts = starts[next].mean_shifts,
                             .last_step = {},
                             .found = {}});
            of_lane.push_back(next);
        }
        Eigen::MatrixXd x(system_.dim(), static_cast<Eigen::Index>(lanes.size()));
        for (std::size_t i = 0; i < lanes.size(); ++i) x.col(static_cast<Eigen::Index>(i)) = lanes[i].x;
        system_.evaluate(x, Eigen::VectorXd::Constant(x.cols(), tau_), samples);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            const bool goes_on =
                advance(lanes[i], samples.values.col(static_cast<Eigen::Index>(i)), samples.jacobians[i], deflated);
            if (!goes_on) {
                out[of_lane[i]] = std::move(lanes[i].found);
                continue;
            }
            if (kept != i) {
                lanes[kept] = std::move(lanes[i]);
                of_lane[kept] = of_lane[i];
            }
            ++kept;
        }
        lanes.resize(kept);
        of_lane.resize(kept);
    }
    return out;
}

std::optional<StationaryPoint> StationarySearch::polish(const Eigen::VectorXd& x) {
    return run({{.x = x, .index = SearchStart::kNewton}}).front();
}

}  // namespace sigmaflow
