#include "sigmaflow/schedule/schedules.hpp"

#include <cmath>

namespace sigmaflow {

VeSchedule::VeSchedule(double sigma_min, double sigma_max)
    : sigma_min_(sigma_min), log_ratio_(std::log(sigma_max / sigma_min)) {}

Scale VeSchedule::at(double t) const { return {1.0, sigma_min_ * std::exp(log_ratio_ * t)}; }

Coefficients VeSchedule::coefficients(double t) const { return {0.0, at(t).sigma * std::sqrt(2.0 * log_ratio_)}; }

double VeSchedule::t_of_sigma(double sigma) const { return std::log(sigma / sigma_min_) / log_ratio_; }

double LinearBeta::t_of_integral(double b) const {
    return 2.0 * b / (beta_min + std::sqrt(beta_min * beta_min + 2.0 * (beta_max - beta_min) * b));
}

Scale VpSchedule::at(double t) const {
    const double b = beta().integral(t);
    return {std::exp(-0.5 * b), std::sqrt(std::expm1(b))};
}

Coefficients VpSchedule::coefficients(double t) const {
    const double rate = beta().rate(t);
    return {-0.5 * rate, std::sqrt(rate)};
}

double VpSchedule::t_of_sigma(double sigma) const { return beta().t_of_integral(std::log1p(sigma * sigma)); }

Scale SubVpSchedule::at(double t) const {
    const double b = beta().integral(t);
    return {std::exp(-0.5 * b), 2.0 * std::sinh(0.5 * b)};
}

Coefficients SubVpSchedule::coefficients(double t) const {
    const double rate = beta().rate(t);
    return {-0.5 * rate, std::sqrt(rate * -std::expm1(-2.0 * beta().integral(t)))};
}

double SubVpSchedule::t_of_sigma(double sigma) const { return beta().t_of_integral(2.0 * std::asinh(0.5 * sigma)); }

Coefficients EdmSchedule::coefficients(double t) const { return {0.0, std::sqrt(2.0 * t)}; }

OuSchedule::OuSchedule(double sigma_min, double sigma_max)
    : t_min_(0.5 * std::log1p(sigma_min * sigma_min)), t_max_(0.5 * std::log1p(sigma_max * sigma_max)) {}

Scale OuSchedule::at(double t) const { return {std::exp(-t), std::sqrt(std::expm1(2.0 * t))}; }

Coefficients OuSchedule::coefficients(double) const { return {-1.0, std::sqrt(2.0)}; }

double OuSchedule::t_of_sigma(double sigma) const { return 0.5 * std::log1p(sigma * sigma); }

Scale SqrtSchedule::at(double t) const { return {1.0, std::sqrt(t)}; }

/// g^2 = 2 s^2 sigma sigma' with sigma' = 1 / (1-t)^2.
Coefficients RectifiedSchedule::coefficients(double t) const {
    return {-1.0 / (1.0 - t), std::sqrt(2.0 * t / (1.0 - t))};
}

}  // namespace sigmaflow
