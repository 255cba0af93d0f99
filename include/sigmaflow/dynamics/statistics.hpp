#pragma once
/// \file
/// Statistics of one block over its valid particles, merged over blocks by `aggregate` alone.

#include <cstdint>
#include <span>
#include <vector>

#include "sigmaflow/dynamics/block_buffer.hpp"
#include "sigmaflow/numerics/histogram.hpp"

namespace sigmaflow {

/// Of one field in one block; arrays are [level][component], counts [level][component][bin].
struct FieldStatistics {
    std::vector<double> mean;
    std::vector<double> m2;  ///< sum of squared deviations from the mean
    std::vector<double> min;
    std::vector<double> max;
    std::vector<std::uint16_t> bins;
};

/// Sums run over the particles in their order: the result does not depend on threads. Without valid particles: NaN.
[[nodiscard]] FieldStatistics field_statistics(const BlockBuffer& block, std::size_t field, const BinIndex& bins);

/// Valid particles per level.
[[nodiscard]] std::vector<std::uint32_t> valid_counts(const BlockBuffer& block, std::span<const double> level_sigma);

}  // namespace sigmaflow
