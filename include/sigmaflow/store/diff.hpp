#pragma once
/// \file
/// Comparing the results of two files.

#include <cstddef>
#include <string>
#include <vector>

namespace sigmaflow {

/// The differences between the results (not the provenance) of two files, a line each; empty when there are none.
/// Points are matched by their id, tasks by point and block, groups follow from the points. Rows are compared where the
/// task is done in both; a task done in one file alone is a difference, and so are points and variables of one file
/// alone. With rtol = 0 bytes are compared; with rtol > 0 numbers a, b are equal when |a - b| <= rtol max(|a|, |b|) or
/// both are NaN, and histograms (`X_bins`) are not compared, because a value near an edge changes its bin. When there
/// are differences and the fingerprints of the numerics differ, that comes first. At most kMostDifferences lines and
/// one with the number of those left out. InputError when a file cannot be read.
[[nodiscard]] std::vector<std::string> diff_stores(const std::string& a, const std::string& b, double rtol);

inline constexpr std::size_t kMostDifferences = 50;

}  // namespace sigmaflow
