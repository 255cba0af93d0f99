#pragma once
// Which points of a data set are held out.

#include <cstdint>
#include <vector>

#include "sigmaflow/distribution/labels.hpp"

namespace sigmaflow {

/// True for the points that are held out. Of every class (of all points, without labels) with n points
/// round(fraction n) are, but one always stays: those with the smallest random numbers, which are keyed by `split` and
/// the number of the point. A larger fraction holds out more points besides the same ones.
[[nodiscard]] std::vector<bool> held_out_points(Eigen::Index count, const Labels& labels, double fraction,
                                                std::uint64_t split);

}  // namespace sigmaflow
