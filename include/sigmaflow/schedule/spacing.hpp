#pragma once
/// \file
/// Which of N timesteps a sampler with n steps visits: the three rules in use (Lin et al. 2024, table 2).

#include <cstddef>
#include <vector>

#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {

enum class Spacing {
    linspace,  ///< i (N-1) / (n-1), i = n-1 .. 0: both ends
    leading,   ///< i floor(N/n) + offset, i = n-1 .. 0: the end of low noise, with offset 0
    trailing,  ///< i N / n - 1, i = n .. 1: the end of high noise
};

/// `steps` indices below `count`, strictly decreasing; 2 <= steps <= count. Fractions are rounded to the nearest
/// integer, halves to the even one. With `leading` the first index is (n-1) floor(N/n) + offset, which may reach past
/// `count`.
[[nodiscard]] std::vector<std::size_t> spaced_indices(std::size_t count, std::size_t steps, Spacing spacing,
                                                      std::size_t offset);

/// The parameters `spacing` and `steps_offset` of a schedule with timesteps.
[[nodiscard]] std::vector<Parameter> spacing_parameters();
[[nodiscard]] Spacing chosen_spacing(const Parameters& parameters);

}  // namespace sigmaflow
