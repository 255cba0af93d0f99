#include "sigmaflow/schedule/cosine_schedule.hpp"

#include <cmath>
#include <numbers>

namespace sigmaflow {

CosineSchedule::CosineSchedule(double offset, double t_min, double t_max)
    : rate_(0.5 * std::numbers::pi / (1.0 + offset)), start_(offset * rate_), t_min_(t_min), t_max_(t_max) {}

double CosineSchedule::cosine(double t) const { return std::sin(rate_ * (1.0 - t)); }

Scale CosineSchedule::at(double t) const {
    const double b = rate_ * t;
    const double c = cosine(t);
    return {c / std::cos(start_), std::sqrt(std::sin(b) * std::sin(2.0 * start_ + b)) / c};
}

/// f = (ln cos theta)'; a variance-preserving schedule has g^2 = -2 f.
Coefficients CosineSchedule::coefficients(double t) const {
    const double f = -rate_ * std::sin(start_ + rate_ * t) / cosine(t);
    return {f, std::sqrt(-2.0 * f)};
}

/// tan^2 theta = (sigma^2 + sin^2 theta_0) / cos^2 theta_0, and tan b from the difference of two tangents.
double CosineSchedule::t_of_sigma(double sigma) const {
    const double sine = std::sin(start_);
    const double cosine_0 = std::cos(start_);
    const double q = std::hypot(sigma, sine);
    const double difference = sigma * (sigma / (q + sine)) / cosine_0;
    return std::atan2(difference, 1.0 + q * sine / (cosine_0 * cosine_0)) / rate_;
}

}  // namespace sigmaflow
