#include "sigmaflow/schedule/discrete_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "log_curve.hpp"

namespace sigmaflow {
namespace {

std::vector<double> counted(std::size_t count) {
    std::vector<double> out(count);
    std::iota(out.begin(), out.end(), 0.0);
    return out;
}

/// sigma = sqrt(exp(L) - 1), L = -sum ln(1 - beta): relative accuracy at both ends.
template <class Loss>
std::vector<double> accumulated(int timesteps, Loss loss) {
    std::vector<double> out;
    double sum = 0.0;
    for (int i = 0; i < timesteps; ++i) {
        sum += loss(i);
        out.push_back(std::sqrt(std::expm1(sum)));
    }
    return out;
}

/// -ln max(sin^2(a) / sin^2(a + step), least) for 0 < a < a + step <= pi/2: from the lost part, which is a product of
/// sines, where little is lost, and from the ratio itself where much is.
double log_loss(double a, double step, double least) {
    const double outer = std::sin(a + step);
    const double ratio = std::sin(a) / outer;
    const double lost = std::sin(step) * std::sin(2.0 * a + step) / (outer * outer);
    if (lost < 0.5) return -std::log1p(-std::min(lost, 1.0 - least));
    return -std::log(std::max(ratio * ratio, least));
}

}  // namespace

DiscreteSchedule::DiscreteSchedule(std::vector<double> sigmas, ScaleRule rule)
    : sigma_(std::make_unique<LogCurve>(counted(sigmas.size()), std::move(sigmas))), rule_(rule) {}

DiscreteSchedule::~DiscreteSchedule() = default;

double DiscreteSchedule::t_max() const { return sigma_->t().back(); }

Scale DiscreteSchedule::at(double t) const {
    const double sigma = sigma_->at(t);
    return {rule_ == ScaleRule::unit ? 1.0 : 1.0 / std::hypot(1.0, sigma), sigma};
}

Coefficients DiscreteSchedule::coefficients(double t) const {
    const Scale scale = at(t);
    const double rate = sigma_->log_rate(t);
    const double noise = scale.s * scale.sigma;
    // s = (1 + sigma^2)^(-1/2) has (ln s)' = -sigma^2 / (1 + sigma^2) (ln sigma)'.
    return {rule_ == ScaleRule::unit ? 0.0 : -noise * noise * rate, noise * std::sqrt(2.0 * rate)};
}

double DiscreteSchedule::t_of_sigma(double sigma) const { return sigma_->t_of(sigma); }

std::vector<double> DiscreteSchedule::timesteps() const { return sigma_->t(); }

std::vector<double> linear_beta_sigmas(double beta_min, double beta_max, int timesteps) {
    return accumulated(timesteps,
                       [&](int i) { return -std::log1p(-(beta_min + (beta_max - beta_min) * i / (timesteps - 1))); });
}

std::vector<double> cosine_sigmas(double offset, double least_ratio, int timesteps) {
    // cos(theta_i) = sin(step (N - i)), counted from the end where it vanishes.
    const double step = 0.5 * std::numbers::pi / (timesteps * (1.0 + offset));
    return accumulated(timesteps, [&](int i) { return log_loss(step * (timesteps - i - 1), step, least_ratio); });
}

}  // namespace sigmaflow
