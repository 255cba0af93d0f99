#include "sigmaflow/numerics/antiderivative.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace sigmaflow {
namespace {

constexpr std::size_t kMostPanels = 10000;

/// Clenshaw's sum of sum_k a_k T_k(x).
template <std::size_t count>
double chebyshev_sum(const std::array<double, count>& a, double x) {
    double next = 0.0;
    double after = 0.0;
    for (std::size_t k = count - 1; k > 0; --k) {
        const double now = a[k] + 2.0 * x * next - after;
        after = next;
        next = now;
    }
    return a[0] + x * next - after;
}

/// Interpolates the values at the roots of T_n, x_j = cos(pi (j + 1/2) / n).
template <std::size_t count>
std::array<double, count> chebyshev_series(const std::array<double, count>& values) {
    std::array<double, count> out{};
    const auto n = static_cast<double>(count);
    for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t j = 0; j < count; ++j) {
            out[k] +=
                values[j] * std::cos(std::numbers::pi * static_cast<double>(k) * (static_cast<double>(j) + 0.5) / n);
        }
        out[k] *= (k == 0 ? 1.0 : 2.0) / n;
    }
    return out;
}

/// True if the last coefficients are rounding: of f itself, and of its argument, eps |t| |f'|.
template <std::size_t count>
bool has_converged(const std::array<double, count>& series, const std::array<double, count>& values, double width,
                   double largest_t) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double largest = std::max(std::abs(*low), std::abs(*high));
    const double noise = 4e-16 * (largest + 4.0 * largest_t * (*high - *low) / width);
    return std::all_of(series.end() - 3, series.end(), [&](double a) { return std::abs(a) <= noise; });
}

}  // namespace

Antiderivative::Antiderivative(const std::function<double(double)>& f, double low, double high) {
    std::vector<Panel> left{{low, high}};
    while (!left.empty()) {
        Panel panel = left.back();
        left.pop_back();
        const double middle = 0.5 * (panel.from + panel.to);
        std::array<double, kNodes> values{};
        for (int j = 0; j < kNodes; ++j) {
            const double x = std::cos(std::numbers::pi * (j + 0.5) / kNodes);
            const double t = middle + 0.5 * (panel.to - panel.from) * x;
            const double value = f(t);
            values[static_cast<std::size_t>(j)] = value;
            if (!std::isfinite(value)) throw std::domain_error(fmt::format("not finite at {:.6g}", t));
        }
        panel.series = chebyshev_series(values);
        const double width = panel.to - panel.from;
        const double largest_t = std::max(std::abs(panel.from), std::abs(panel.to));
        if (!has_converged(panel.series, values, width, largest_t) && width > 1e-13 * (high - low)) {
            left.push_back({middle, panel.to});
            left.push_back({panel.from, middle});
            continue;
        }
        if (panels_.size() >= kMostPanels) throw std::domain_error(fmt::format("too rough near {:.6g}", middle));
        panel.before = panels_.empty() ? 0.0 : panels_.back().before + integral(panels_.back(), panels_.back().to);
        panels_.push_back(panel);
    }
}

/// Gauss quadrature with 8 nodes is exact for the interpolant and, being a sum of its values, does not cancel near the
/// panel's beginning.
double Antiderivative::integral(const Panel& panel, double t) {
    const double middle = 0.5 * (panel.from + panel.to);
    const double half = 0.5 * (panel.to - panel.from);
    return boost::math::quadrature::gauss<double, 8>::integrate(
        [&](double u) { return chebyshev_sum(panel.series, (u - middle) / half); }, panel.from, t);
}

double Antiderivative::operator()(double t) const {
    const double inside = std::clamp(t, panels_.front().from, panels_.back().to);
    const auto after = std::upper_bound(panels_.begin(), panels_.end(), inside,
                                        [](double value, const Panel& panel) { return value < panel.from; });
    const Panel& panel = *(after - 1);
    return inside == panel.from ? panel.before : panel.before + integral(panel, inside);
}

}  // namespace sigmaflow
