#include "sigmaflow/schedule/expression_schedule.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sigmaflow/numerics/derivative.hpp"
#include "sigmaflow/numerics/inverse.hpp"

namespace sigmaflow {
namespace {

constexpr int kChecks = 1000;

InputError unusable(const Location& where, const std::string& what, double t) {
    return {where, "this schedule is not usable", fmt::format("{} at t = {:.6g}", what, t),
            "change it, t_min or t_max"};
}

double time_of_check(const Schedule& schedule, int i) {
    return schedule.t_min() + (schedule.t_max() - schedule.t_min()) * i / kChecks;
}

void check_scale(const Schedule& schedule, const Location& where) {
    double last = -1.0;
    for (int i = 0; i <= kChecks; ++i) {
        const double t = time_of_check(schedule, i);
        const Scale scale = schedule.at(t);
        if (!(scale.s > 0.0) || !std::isfinite(scale.s)) throw unusable(where, "s is not a number > 0", t);
        if (!(scale.sigma >= 0.0) || !(scale.sigma < 1e140)) throw unusable(where, "sigma is not a number >= 0", t);
        if (!(scale.sigma > last)) throw unusable(where, "sigma does not increase with t", t);
        last = scale.sigma;
    }
}

/// Where the noise begins g may be infinite.
void check_rates(const Schedule& schedule, const Location& where) {
    for (int i = schedule.sigma_min() > 0.0 ? 0 : 1; i <= kChecks; ++i) {
        const double t = time_of_check(schedule, i);
        const Coefficients rates = schedule.coefficients(t);
        if (std::isfinite(rates.f) && std::isfinite(rates.g)) continue;
        throw unusable(where, "f or g is not finite, or s or sigma has no derivative,", t);
    }
}

void check(const Schedule& schedule, const Location& where) {
    check_scale(schedule, where);
    check_rates(schedule, where);
}

/// The integral of a coefficient; a failure is the user's.
Antiderivative integrated(const std::function<double(double)>& rate, const TimeRange& range, const char* name,
                          const Location& where) {
    try {
        return {rate, range.min, range.max};
    } catch (const std::domain_error& error) {
        throw InputError(where, "this schedule is not usable",
                         fmt::format("{} cannot be integrated: {}", name, error.what()), "change it, t_min or t_max");
    }
}

}  // namespace

ScaleFormulaSchedule::ScaleFormulaSchedule(Expression s, Expression sigma, const TimeRange& range,
                                           const Location& where)
    : s_(std::move(s)),
      sigma_(std::move(sigma)),
      range_(range),
      has_unit_scale_(!s_.mentions("t") && s_(range.min) == 1.0) {
    check(*this, where);
}

Coefficients ScaleFormulaSchedule::coefficients(double t) const {
    const double step = 0.05 * (range_.max - range_.min);
    const Scale scale = at(t);
    // Of ln sigma rather than sigma: sigma' must be known relative to sigma.
    const double log_s = s_.mentions("t") ? derivative([&](double u) { return std::log(s_(u)); }, t, step) : 0.0;
    const double log_sigma = derivative([&](double u) { return std::log(sigma_(u)); }, t, step);
    return {log_s, scale.s * scale.sigma * std::sqrt(2.0 * log_sigma)};
}

double ScaleFormulaSchedule::t_of_sigma(double sigma) const {
    return invert_increasing([&](double t) { return sigma_(t); }, sigma, range_.min, range_.max);
}

CoefficientFormulaSchedule::CoefficientFormulaSchedule(Expression f, Expression g, const TimeRange& range,
                                                       const Scale& start, const Location& where)
    : f_(std::move(f)),
      g_(std::move(g)),
      range_(range),
      start_(start),
      log_s_(integrated([this](double t) { return f_(t); }, range, "f", where)),
      variance_(integrated(
          [this](double t) {
              const double relative = g_(t) / (start_.s * std::exp(log_s_(t)));
              return relative * relative;
          },
          range, "g^2/s^2", where)),
      has_unit_scale_(!f_.mentions("t") && f_(range.min) == 0.0 && start.s == 1.0) {
    check(*this, where);
}

Scale CoefficientFormulaSchedule::at(double t) const {
    return {start_.s * std::exp(log_s_(t)), std::sqrt(start_.sigma * start_.sigma + variance_(t))};
}

Coefficients CoefficientFormulaSchedule::coefficients(double t) const { return {f_(t), std::abs(g_(t))}; }

double CoefficientFormulaSchedule::t_of_sigma(double sigma) const {
    return invert_increasing([&](double t) { return at(t).sigma; }, sigma, range_.min, range_.max);
}

}  // namespace sigmaflow
