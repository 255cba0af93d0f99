#pragma once
/// \file
/// The inverse of an increasing function.

namespace sigmaflow {

/// The x in [low, high] with f(x) = value, for an increasing f with f(low) <= value <= f(high): bisection until two
/// neighbouring doubles enclose it, about 60 evaluations.
template <class Function>
[[nodiscard]] double invert_increasing(const Function& f, double value, double low, double high) {
    while (true) {
        const double middle = low + 0.5 * (high - low);
        if (!(middle > low && middle < high)) return middle;
        (f(middle) < value ? low : high) = middle;
    }
}

}  // namespace sigmaflow
