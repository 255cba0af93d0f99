#pragma once
/// \file
/// Tables of points from files: one point per row, one coordinate per column.

#include <cstdint>
#include <string>
#include <vector>

#include "sigmaflow/distribution/registry.hpp"

namespace sigmaflow {

/// An owned table of points.
struct PointsTable {
    std::vector<double> values;  ///< point after point: count x dim row by row, which is dim x count column by column
    int dim = 0;
    std::int64_t count = 0;
    std::uint64_t digest = 0;         ///< of count, dim, values and labels
    std::vector<std::string> labels;  ///< one per point, or empty

    /// Valid as long as the table lives and does not move its values.
    [[nodiscard]] PointsView view() const {
        return {.values = values.data(),
                .dim = dim,
                .count = count,
                .weights = nullptr,
                .digest = digest,
                .labels = labels.empty() ? nullptr : labels.data()};
    }
};

/// Reads a table, of a format told by the file's first bytes:
/// - HDF5: the two-dimensional `dataset` of floating-point or integer numbers;
/// - NPY 1 to 3: two-dimensional, f4, f8 or integers of any size and byte order, C or Fortran order;
/// - else text: numbers separated by commas, a line per point; the first line may name the columns; empty lines and
///   lines that start with # do not count.
///
/// `labels` names the classes of the points: a one-dimensional dataset of texts or integers of the same HDF5 file, or a
/// column of a text file that names its columns, which is then no coordinate.
///
/// InputError with the reason when the file is not such a table, is empty, or holds a number that is not finite.
[[nodiscard]] PointsTable read_points(const std::string& path, const std::string& dataset,
                                      const std::string& labels = {});

}  // namespace sigmaflow
