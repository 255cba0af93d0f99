#pragma once
// A mixture of Gaussians on the line in extended precision, and its exact flow: F_sigma(x) = const.

#include <cmath>
#include <numbers>
#include <vector>

#include "sigmaflow/core/value.hpp"

namespace sigmaflow::testing_support {

struct LineMixture {
    struct Component {
        long double weight, mean, width;
    };
    std::vector<Component> components;

    [[nodiscard]] Value::Table parameters() const {
        Value::List weights, means, widths;
        for (const auto& c : components) {
            weights.push_back(static_cast<double>(c.weight));
            means.push_back(Value::List{static_cast<double>(c.mean)});
            widths.push_back(static_cast<double>(c.width));
        }
        return {{"weights", weights}, {"means", means}, {"widths", widths}};
    }

    /// Mass below x, and above it.
    [[nodiscard]] long double below(long double x, long double sigma) const {
        long double sum = 0.0L;
        for (const auto& c : components) {
            sum += 0.5L * c.weight * std::erfc((c.mean - x) / std::sqrt(2.0L * (c.width * c.width + sigma * sigma)));
        }
        return sum;
    }
    [[nodiscard]] long double above(long double x, long double sigma) const {
        long double sum = 0.0L;
        for (const auto& c : components) {
            sum += 0.5L * c.weight * std::erfc((x - c.mean) / std::sqrt(2.0L * (c.width * c.width + sigma * sigma)));
        }
        return sum;
    }
    [[nodiscard]] long double density(long double x, long double sigma) const {
        long double sum = 0.0L;
        for (const auto& c : components) {
            const long double v = c.width * c.width + sigma * sigma;
            sum += c.weight * std::exp(-0.5L * (x - c.mean) * (x - c.mean) / v) /
                   std::sqrt(2.0L * std::numbers::pi_v<long double> * v);
        }
        return sum;
    }

    /// The posterior mean.
    [[nodiscard]] long double denoise(long double x, long double sigma) const {
        long double weights = 0.0L, sum = 0.0L;
        for (const auto& c : components) {
            const long double v = c.width * c.width + sigma * sigma;
            const long double weight = c.weight * std::exp(-0.5L * (x - c.mean) * (x - c.mean) / v) / std::sqrt(v);
            weights += weight;
            sum += weight * (c.mean + c.width * c.width / v * (x - c.mean));
        }
        return sum / weights;
    }

    /// Where the flow takes x from sigma to `to`: the same quantile, by bisection.
    [[nodiscard]] long double flow(long double x, long double sigma, long double to) const {
        const bool left = below(x, sigma) < 0.5L;
        const long double mass = left ? below(x, sigma) : above(x, sigma);
        long double low = -100.0L * (1.0L + to), high = -low;
        while (true) {
            const long double middle = 0.5L * (low + high);
            if (middle <= low || middle >= high) return middle;
            const bool is_right = left ? below(middle, to) > mass : above(middle, to) < mass;
            (is_right ? high : low) = middle;
        }
    }
};

/// Slope of ln y against ln n by least squares.
inline double regression_slope(const std::vector<int>& n, const std::vector<double>& y) {
    double sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0;
    for (std::size_t i = 0; i < n.size(); ++i) {
        const double u = std::log(static_cast<double>(n[i]));
        const double v = std::log(y[i]);
        sx += u;
        sy += v;
        sxx += u * u;
        sxy += u * v;
    }
    const auto m = static_cast<double>(n.size());
    return (m * sxy - sx * sy) / (m * sxx - sx * sx);
}

}  // namespace sigmaflow::testing_support
