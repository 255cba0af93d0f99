#include "sigmaflow/stability/speciation.hpp"

#include <algorithm>
#include <cmath>

#include "dominant_eigenpairs.hpp"
#include "sigmaflow/stability/class_posterior.hpp"

namespace sigmaflow {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kStep = 0.05;  // in ln sigma

/// Above 0 where the centre is unstable; a centre that is lost at a fold counts as such.
double excess(SpeciationFrame frame, const CentreState& centre) {
    if (!centre.converged) return 1.0;
    return centre.top_variance / critical_variance(frame, centre.sigma) - 1.0;
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
    return dominant_eigenpairs(apply, static_cast<int>(root.rows()), 1).values[0];
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
    return dominant_eigenpairs(apply, law.dim(), 1).values[0];
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
    if (excess(frame, above) > -1e-9) return {kInfinity, above.top_variance, above.x, above.direction};
    CentreState below = above;
    while (true) {
        below = follower.follow(above, above.sigma * std::exp(-kStep));
        if (excess(frame, below) >= 0.0) break;
        above = below;
        if (above.sigma < least * width) return {};
    }
    while (true) {
        const double middle = above.sigma + 0.5 * (below.sigma - above.sigma);
        if (!(middle < above.sigma && middle > below.sigma)) return point_of(above);
        const CentreState centre = follower.follow(above, middle);
        (excess(frame, centre) < 0.0 ? above : below) = centre;
    }
}

}  // namespace sigmaflow
