#include "log_curve.hpp"

#include <math.h>  // Boost 1.74 calls an unqualified isnan
#include <algorithm>

#include <boost/math/interpolators/pchip.hpp>
#include <cmath>

#include "sigmaflow/numerics/inverse.hpp"

namespace sigmaflow {
namespace {

std::vector<double> logarithms(const std::vector<double>& values) {
    std::vector<double> out(values.size());
    std::transform(values.begin(), values.end(), out.begin(), [](double v) { return std::log(v); });
    return out;
}

}  // namespace

struct LogCurve::Cubic : boost::math::interpolators::pchip<std::vector<double>> {
    using pchip::pchip;
};

LogCurve::LogCurve(std::vector<double> t, std::vector<double> values)
    : t_(std::move(t)),
      values_(std::move(values)),
      log_(std::make_unique<Cubic>(std::vector<double>(t_), logarithms(values_))) {}

LogCurve::~LogCurve() = default;
LogCurve::LogCurve(LogCurve&&) noexcept = default;
LogCurve& LogCurve::operator=(LogCurve&&) noexcept = default;

double LogCurve::at(double t) const {
    if (t <= t_.front()) return values_.front();
    if (t >= t_.back()) return values_.back();
    const auto row = std::lower_bound(t_.begin(), t_.end(), t);
    if (*row == t) return values_[static_cast<std::size_t>(row - t_.begin())];
    return std::exp((*log_)(t));
}

double LogCurve::log_rate(double t) const { return log_->prime(std::clamp(t, t_.front(), t_.back())); }

double LogCurve::t_of(double value) const {
    if (value <= values_.front()) return t_.front();
    if (value >= values_.back()) return t_.back();
    const auto above = std::upper_bound(values_.begin(), values_.end(), value) - values_.begin();
    const auto row = static_cast<std::size_t>(above - 1);
    if (values_[row] == value) return t_[row];
    return invert_increasing([&](double t) { return at(t); }, value, t_[row], t_[row + 1]);
}

}  // namespace sigmaflow
