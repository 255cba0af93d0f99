#include "sigmaflow/stability/local_expansion.hpp"

#include <algorithm>
#include <numeric>

#include "transverse_spectrum.hpp"

namespace sigmaflow {
namespace {

constexpr double kCurvatureStep = 5e-3;  ///< of second differences, in units of length

/// First derivative from values at -2, -1, 1, 2 steps.
template <class Value>
Value slope(const Value& a, const Value& b, const Value& c, const Value& d, double step) {
    return (a - d + 8.0 * (c - b)) / (12.0 * step);
}

/// Second derivative, with the value in the middle.
template <class Value>
Value bend(const Value& a, const Value& b, const Value& middle, const Value& c, const Value& d, double step) {
    return (16.0 * (b + c) - (a + d) - 30.0 * middle) / (12.0 * step * step);
}

/// The columns x + k step length u, k = -2, -1, 0, 1, 2.
Eigen::MatrixXd line_through(const Eigen::VectorXd& x, const Eigen::VectorXd& u, double step) {
    Eigen::MatrixXd out = x.replicate(1, 5);
    for (int k = -2; k <= 2; ++k) out.col(k + 2) += k * step * u;
    return out;
}

}  // namespace

LocalExpansion::LocalExpansion(GradientSystem& system, const Eigen::VectorXd& x, double tau,
                               const Eigen::MatrixXd& zero_directions)
    : system_(system), x_(x), tau_(tau), length_(system.length(tau)) {
    constexpr double h = SolutionCurve::kTauStep;
    Eigen::VectorXd taus(5);
    taus << tau - 2.0 * h, tau - h, tau, tau + h, tau + 2.0 * h;
    FieldSamples samples;
    system.evaluate(x.replicate(1, 5), taus, samples);
    const Eigen::MatrixXd f = samples.values / length_;
    const auto& j = samples.jacobians;
    value = f.col(2);
    jacobian = j[2];
    tau_rate = slope<Eigen::VectorXd>(f.col(0), f.col(1), f.col(3), f.col(4), h);
    tau_curvature = bend<Eigen::VectorXd>(f.col(0), f.col(1), f.col(2), f.col(3), f.col(4), h);
    jacobian_tau_rate = slope(j[0], j[1], j[3], j[4], h);
    TransverseSpectrum spectrum = transverse_spectrum(jacobian, zero_directions);
    eigenvalues = std::move(spectrum.values);
    eigenvectors = std::move(spectrum.vectors);
    if (zero_directions.cols() > 0) jacobian += zero_directions * zero_directions.transpose();
}

std::vector<Eigen::Index> LocalExpansion::nearest(const Eigen::MatrixXd& guide, Eigen::Index n) const {
    Eigen::VectorXd distance = eigenvalues.cwiseAbs();
    if (guide.cols() > 0) distance = -(guide.transpose() * eigenvectors).colwise().squaredNorm();
    std::vector<Eigen::Index> order(static_cast<std::size_t>(eigenvalues.size()));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return distance[a] < distance[b]; });
    order.resize(static_cast<std::size_t>(n));
    std::sort(order.begin(), order.end());
    return order;
}

Eigen::VectorXd LocalExpansion::pseudo_solve(const Eigen::VectorXd& y,
                                             const std::vector<Eigen::Index>& left_out) const {
    Eigen::VectorXd parts = eigenvectors.transpose() * y;
    for (Eigen::Index i = 0; i < parts.size(); ++i) {
        const bool out = std::find(left_out.begin(), left_out.end(), i) != left_out.end();
        parts[i] = out ? 0.0 : parts[i] / eigenvalues[i];
    }
    return eigenvectors * parts;
}

Eigen::MatrixXd LocalExpansion::jacobian_rate(const Eigen::VectorXd& u) const {
    constexpr double h = SolutionCurve::kSpaceStep;
    const double norm = u.norm();
    if (norm == 0.0) return Eigen::MatrixXd::Zero(u.size(), u.size());
    FieldSamples samples;
    system_.evaluate(line_through(x_, length_ / norm * u, h), Eigen::VectorXd::Constant(5, tau_), samples);
    const auto& j = samples.jacobians;
    return norm * slope(j[0], j[1], j[3], j[4], h);
}

Eigen::MatrixXd LocalExpansion::jacobian_curvature(const Eigen::VectorXd& u) const {
    const double norm = u.norm();
    FieldSamples samples;
    system_.evaluate(line_through(x_, length_ / norm * u, kCurvatureStep), Eigen::VectorXd::Constant(5, tau_), samples);
    const auto& j = samples.jacobians;
    return norm * norm * bend(j[0], j[1], j[2], j[3], j[4], kCurvatureStep);
}

}  // namespace sigmaflow
