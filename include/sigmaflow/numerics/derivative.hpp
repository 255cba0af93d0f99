#pragma once
/// \file
/// The derivative of a function that is known by its values only.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace sigmaflow {

/// f'(x) by central differences extrapolated to step 0 (Ridders 1982), beginning at `step` and at smaller steps where
/// that fails: of all, the value with the least estimated error. About eps |f| / step for an f that is smooth on the
/// scale of the step; NaN where f is not finite on both sides of x however close. 20 to 200 evaluations.
template <class Function>
[[nodiscard]] double derivative(const Function& f, double x, double step) {
    constexpr int depth = 10;
    constexpr double shrink = 1.4;
    double best = std::numeric_limits<double>::quiet_NaN();
    double least_error = std::numeric_limits<double>::infinity();
    for (int start = 0; start < 10; ++start, step *= 0.1) {
        std::array<double, depth> row{};
        double h = step;
        for (int i = 0; i < depth; ++i, h /= shrink) {
            // row[j] is the extrapolation of order 2 (j + 1) from the last j + 1 steps.
            double above = row[0];
            row[0] = (f(x + h) - f(x - h)) / ((x + h) - (x - h));
            double factor = shrink * shrink;
            for (int j = 1; j <= i; ++j, factor *= shrink * shrink) {
                const double next = (factor * row[static_cast<std::size_t>(j - 1)] - above) / (factor - 1.0);
                const double error =
                    std::max(std::abs(next - row[static_cast<std::size_t>(j - 1)]), std::abs(next - above));
                above = row[static_cast<std::size_t>(j)];
                row[static_cast<std::size_t>(j)] = next;
                if (!(error < least_error)) continue;
                least_error = error;
                best = next;
            }
        }
        const double rounding = std::numeric_limits<double>::epsilon() * std::abs(f(x)) / step;
        if (least_error <= 4.0 * rounding) break;  // smaller steps round more
    }
    return best;
}

}  // namespace sigmaflow
