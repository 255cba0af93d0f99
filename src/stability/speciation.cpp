#include "sigmaflow/stability/speciation.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "dominant_eigenpairs.hpp"
#include "sigmaflow/stability/class_posterior.hpp"

namespace sigmaflow {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLongest = 0.05;  // steps in ln sigma
constexpr double kShortest = 1e-14;
constexpr double kLost = 1e-4;  // of the threshold: at a fold it is met to the root of rounding

/// By how much of its threshold a frame is stable.
double margin(SpeciationFrame frame, const CentreState& centre) {
    return 1.0 - centre.top_variance / critical_variance(frame, centre.sigma);
}

/// Whether `next` is a stable centre on the branch of `from`: its margins are no less than a tenth, and it moved by no
/// more than a quarter of sigma J, the order of the distance to a saddle that is near. Steps then approach the end of
/// stability geometrically, and none leads onto a saddle, whose J is negative, or to another mode.
bool continues(SpeciationFrame frame, const CentreState& from, const CentreState& next) {
    if (!next.converged) return false;
    for (const auto each : {frame, SpeciationFrame::canonical}) {
        if (!(margin(each, next) >= 0.1 * margin(each, from))) return false;
    }
    const double j = margin(SpeciationFrame::canonical, from);
    return (next.x - from.x).norm() <= next.sigma * (0.25 * j + 1e-9);
}

SpeciationPoint point_of(const CentreState& centre) {
    return {centre.sigma, centre.top_variance, centre.x, centre.direction};
}

/// The columns sqrt(w_g) (mean of group g - mean of all).
Eigen::MatrixXd between_root(const MixtureLaw& law, const Labels* labels) {
    const auto count = static_cast<Eigen::Index>(law.components.size());
    const Eigen::Index groups = labels != nullptr ? labels->class_count() : count;
    const Eigen::VectorXd weights = law.weights / law.weights.sum();
    Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(law.dim(), groups);
    Eigen::VectorXd shares = Eigen::VectorXd::Zero(groups);
    const Eigen::VectorXd centre = mean_of(law);
    for (Eigen::Index k = 0; k < count; ++k) {
        const Eigen::Index group = labels != nullptr ? labels->of_point[static_cast<std::size_t>(k)] : k;
        sums.col(group) += weights[k] * (law.components[static_cast<std::size_t>(k)].mean - centre);
        shares[group] += weights[k];
    }
    for (Eigen::Index g = 0; g < groups; ++g) {
        if (shares[g] > 0.0) sums.col(g) /= std::sqrt(shares[g]);
    }
    return sums;
}

double top_of_product(const Eigen::MatrixXd& root) {
    const BlockProduct apply = [&](const Tile& v, Tile& out) { out = root * (root.transpose() * v); };
    return DominantEigenpairs(static_cast<int>(root.rows()))(apply, 1).values[0];
}

}  // namespace

double critical_variance(SpeciationFrame frame, double sigma) {
    const double s = sigma * sigma;
    if (frame == SpeciationFrame::canonical) return s;
    return frame == SpeciationFrame::reverse_vp_sde ? s * (s + 2.0) / (2.0 * (s + 1.0)) : s / (s + 1.0);
}

double critical_sigma(SpeciationFrame frame, double a) {
    if (frame == SpeciationFrame::canonical) return std::sqrt(a);
    // sqrt(1 + a^2) - 1 = a^2 / (1 + sqrt(1 + a^2)) does not cancel at small a.
    if (frame == SpeciationFrame::reverse_vp_sde) return std::sqrt(a + a * a / (1.0 + std::hypot(1.0, a)));
    return a < 1.0 ? std::sqrt(a / (1.0 - a)) : kInfinity;
}

double ou_time(double sigma) { return 0.5 * std::log1p(sigma * sigma); }

double sigma_of_ou_time(double t) { return std::sqrt(std::expm1(2.0 * t)); }

double biroli_sigma(double largest_eigenvalue) { return std::sqrt(std::max(largest_eigenvalue - 1.0, 0.0)); }

double top_covariance(const Distribution& law) {
    const Eigen::MatrixXd covariance = law.moments().covariance;
    const BlockProduct apply = [&](const Tile& v, Tile& out) { out = covariance * v; };
    return DominantEigenpairs(law.dim())(apply, 1).values[0];
}

double top_between_covariance(const Distribution& law) {
    const auto mixture = law.mixture(ClassPosterior::kMostComponents);
    if (!mixture) return std::numeric_limits<double>::quiet_NaN();
    return top_of_product(between_root(*mixture, law.labels()));
}

SpeciationPoint speciation(const Distribution& law, SpeciationFrame frame, CentreRule rule, double least) {
    const double width = std::sqrt(law.moments().covariance.trace());
    if (!(width > 0.0)) return {};
    CentreFollower follower(law, rule);
    CentreState above = follower.start(16.0 * width);
    // Where a tends to the threshold itself (VP flow and unit variance), rounding decides: unstable from the start.
    if (margin(frame, above) < 1e-9) return {kInfinity, above.top_variance, above.x, above.direction};
    for (double step = kLongest; step > kShortest;) {
        CentreState next = follower.follow(above, above.sigma * std::exp(-step));
        if (!continues(frame, above, next)) {
            step *= 0.5;
            continue;
        }
        // The next step is to reach a fifth of the margin, were it linear in ln sigma.
        const double left = margin(frame, next);
        const double fall = (margin(frame, above) - left) / step;
        step = std::min({kLongest, 2.0 * step, fall > 0.0 ? 0.8 * left / fall : kLongest});
        above = std::move(next);
        if (above.sigma < least * width) return {};
    }
    return margin(frame, above) < kLost ? point_of(above) : SpeciationPoint{};
}

}  // namespace sigmaflow
