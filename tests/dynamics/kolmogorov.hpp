#pragma once
// The Kolmogorov-Smirnov test.

#include <algorithm>
#include <cmath>
#include <vector>

namespace sigmaflow::testing_support {

/// The probability that the greatest distance between the distribution function of N uniform numbers and that of `u` is
/// exceeded (Stephens 1970, Kolmogorov's series).
inline double kolmogorov_p(std::vector<double> u) {
    std::sort(u.begin(), u.end());
    const auto n = static_cast<double>(u.size());
    double distance = 0.0;
    for (std::size_t i = 0; i < u.size(); ++i) {
        const auto below = static_cast<double>(i);
        distance = std::max({distance, u[i] - below / n, (below + 1.0) / n - u[i]});
    }
    const double t = (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n)) * distance;
    if (t < 0.3) return 1.0;
    double sum = 0.0;
    for (int k = 1; k <= 100; ++k) sum += (k % 2 == 1 ? 2.0 : -2.0) * std::exp(-2.0 * k * k * t * t);
    return std::clamp(sum, 0.0, 1.0);
}

/// The smaller probability of two tests of the same values F(x): as they are, and folded at the median, |2 F - 1|,
/// which sees a wrong scale twice as well.
inline double folded_kolmogorov_p(const std::vector<double>& u) {
    std::vector<double> folded;
    for (const double value : u) folded.push_back(std::abs(2.0 * value - 1.0));
    return std::min(kolmogorov_p(u), kolmogorov_p(std::move(folded)));
}

}  // namespace sigmaflow::testing_support
