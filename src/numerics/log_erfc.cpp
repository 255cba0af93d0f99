#include "sigmaflow/numerics/log_erfc.hpp"

#include <cmath>
#include <numbers>

namespace sigmaflow {

double log_erfc(double z) {
    if (z < -1.0) return std::log(2.0) + std::log1p(-0.5 * std::erfc(-z));
    if (z < 5.0) return std::log(std::erfc(z));
    // erfc z = exp(-z^2) / (sqrt(pi) (z + (1/2)/(z + 1/(z + (3/2)/(z + ...))))) (Abramowitz & Stegun 7.1.14), evaluated
    // from behind: 40 terms are exact to rounding from z = 5 on.
    double tail = z;
    for (int k = 40; k > 0; --k) tail = z + 0.5 * k / tail;
    return -z * z - std::log(tail) - 0.5 * std::log(std::numbers::pi);
}

}  // namespace sigmaflow
