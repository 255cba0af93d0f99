#pragma once
/// \file
/// What the rules of grids share: the ends asked for, and values between them.

#include <cstdint>
#include <vector>

#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow {

struct GridEnds {
    double sigma_max;
    double sigma_min;
};

/// The ends asked for, which must lie inside what the schedule has (up to rounding at its own ends).
[[nodiscard]] GridEnds grid_ends(const Schedule& schedule, const Parameters& parameters);

/// Number of positive sigmas; where the schedule has no default for it, 18 as in EDM.
[[nodiscard]] std::int64_t grid_steps(const Parameters& parameters);

/// sigma_i = rule(i / (n-1)) for i = 0 .. n-1; the ends are met exactly.
template <class Rule>
std::vector<double> spaced_between(const GridEnds& ends, std::int64_t n, Rule rule) {
    std::vector<double> out(static_cast<std::size_t>(n));
    for (std::int64_t i = 1; i < n - 1; ++i) {
        out[static_cast<std::size_t>(i)] = rule(static_cast<double>(i) / static_cast<double>(n - 1));
    }
    out.front() = ends.sigma_max;
    out.back() = ends.sigma_min;
    return out;
}

}  // namespace sigmaflow
