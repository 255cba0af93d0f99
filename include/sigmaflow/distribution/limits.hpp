#pragma once
/// \file
/// The range of numbers in which posteriors are computed: squares and their quotients must stay finite.

#include "sigmaflow/core/tile.hpp"

namespace sigmaflow {

inline constexpr double kLargest = 1e140;
inline constexpr double kLargestParameter = 1e100;  ///< of positions and widths of a law

/// min and max with NaN passed on.
template <class Numbers>
[[nodiscard]] Row within_range(const Numbers& x) {
    Row out;
    for (int c = 0; c < kTileWidth; ++c) {
        const double value = x[c];
        const double low = value < -kLargest ? -kLargest : value;
        out[c] = low > kLargest ? kLargest : low;
    }
    return out;
}

[[nodiscard]] inline Row positive_within_range(const Row& sigma) {
    Row out;
    for (int c = 0; c < kTileWidth; ++c) {
        const double low = sigma[c] < 1.0 / kLargest ? 1.0 / kLargest : sigma[c];
        out[c] = low > kLargest ? kLargest : low;
    }
    return out;
}

/// A quadratic form that overflowed stays an ordinary number, equal for all components.
[[nodiscard]] inline Row capped(const Row& quadratic) {
    Row out;
    for (int c = 0; c < kTileWidth; ++c) out[c] = quadratic[c] > 1e300 ? 1e300 : quadratic[c];
    return out;
}

}  // namespace sigmaflow
