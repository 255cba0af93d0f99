#include "sigmaflow/stability/collinear_mixture.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sigmaflow {
namespace {

constexpr Eigen::Index kMostOnLine = 64;
constexpr double kTail = 9.5;  // the normal density is 1e-20 there

/// The step of the trapezoidal rule over z in x = mu_k + s z. P(k|x) is analytic up to |Im x| = pi s^2 / extent, where
/// the terms of the mixture can first cancel; an error of exp(-2 pi a / h) belongs to a strip of half width a.
double step_of(double extent_over_width) {
    constexpr double digits = 40.0;  // -ln of the error
    const double strip = std::numbers::pi / std::max(extent_over_width, 1e-6);
    return std::max(std::min(0.5, 2.0 * std::numbers::pi * strip / digits), 2.0 * kTail / 1e6);
}

/// E g(P(.|x)) over the mixture of total variance v + sigma^2, where g takes the normalised weights.
template <class Function>
double expectation(const CollinearMixture& law, double sigma, Function g) {
    const double width = std::sqrt(law.variance + sigma * sigma);
    const Eigen::ArrayXd log_weights = law.weights.array().log();
    const double extent = law.positions.maxCoeff() - law.positions.minCoeff();
    const auto half = static_cast<int>(std::ceil(kTail / step_of(extent / width)));
    const double step = kTail / half;
    Eigen::ArrayXd logs(law.weights.size());
    double sum = 0.0;
    for (Eigen::Index k = 0; k < law.weights.size(); ++k) {
        const Eigen::ArrayXd gaps = (law.positions.array() - law.positions[k]) / width;
        for (int i = -half; i <= half; ++i) {
            const double z = i * step;
            // -(z - gap_j)^2 / 2 without the common -z^2 / 2
            logs = log_weights + gaps * (z - 0.5 * gaps);
            sum += law.weights[k] * step * std::exp(-0.5 * z * z) * g(logs);
        }
    }
    return sum / std::sqrt(2.0 * std::numbers::pi);
}

double concentration(const Eigen::ArrayXd& logs) {
    const Eigen::ArrayXd e = (logs - logs.maxCoeff()).exp();
    return e.square().sum() / (e.sum() * e.sum());
}

/// -sum P ln P = ln(1 + rest) + sum_k P_k (max l - l_k), all terms >= 0.
double entropy(const Eigen::ArrayXd& logs) {
    Eigen::Index dominant = 0;
    const Eigen::ArrayXd below = logs.maxCoeff(&dominant) - logs;
    double rest = 0.0;
    double spread = 0.0;
    for (Eigen::Index k = 0; k < logs.size(); ++k) {
        if (k == dominant) continue;
        const double e = std::exp(-below[k]);
        rest += e;
        spread += e * below[k];
    }
    return std::log1p(rest) + (rest > 0.0 ? spread / (1.0 + rest) : 0.0);
}

}  // namespace

std::optional<CollinearMixture> collinear_mixture(const MixtureLaw& law) {
    const auto count = static_cast<Eigen::Index>(law.components.size());
    if (count > kMostOnLine || !law.is_cloud()) return std::nullopt;
    CollinearMixture out{law.weights / law.weights.sum(), Eigen::VectorXd::Zero(count), law.components.front().variance,
                         law.dim()};
    const Eigen::VectorXd& origin = law.components.front().mean;
    Eigen::VectorXd direction = Eigen::VectorXd::Zero(law.dim());
    for (const auto& component : law.components) {
        const Eigen::VectorXd offset = component.mean - origin;
        if (offset.squaredNorm() > direction.squaredNorm()) direction = offset;
    }
    const double extent = direction.norm();
    if (extent == 0.0) return out;
    direction /= extent;
    for (Eigen::Index k = 0; k < count; ++k) {
        const Eigen::VectorXd offset = law.components[static_cast<std::size_t>(k)].mean - origin;
        out.positions[k] = direction.dot(offset);
        if ((offset - out.positions[k] * direction).norm() > 1e-13 * extent) return std::nullopt;
    }
    return out;
}

double commitment(const CollinearMixture& law, double sigma) { return expectation(law, sigma, concentration); }

double component_information(const CollinearMixture& law, double sigma) {
    const double prior = -(law.weights.array() * law.weights.array().log()).sum();
    return prior - expectation(law, sigma, entropy);
}

double mutual_information(const CollinearMixture& law, double sigma) {
    return 0.5 * law.dim * std::log1p(law.variance / (sigma * sigma)) + component_information(law, sigma);
}

}  // namespace sigmaflow
