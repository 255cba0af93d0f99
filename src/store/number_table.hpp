#pragma once
// Readers of one format each for tables of numbers.

#include <cstdint>
#include <string>
#include <vector>

namespace sigmaflow {

/// Numbers in one table of points: 8 GiB of them. More is taken for a damaged shape.
inline constexpr std::uint64_t kMostNumbers = std::uint64_t{1} << 30U;

/// Rows of equal length, row by row.
struct NumberTable {
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    std::vector<double> values;
    std::vector<std::string> labels = {};  ///< one per row, if asked for
};

/// Each throws InputError with the reason when the file does not follow its format.
[[nodiscard]] NumberTable read_npy(const std::string& path);
/// The column named `labels`, if any, holds labels and no coordinate.
[[nodiscard]] NumberTable read_csv(const std::string& path, const std::string& labels);
[[nodiscard]] NumberTable read_hdf5_table(const std::string& path, const std::string& dataset);
/// A one-dimensional dataset of texts or integers.
[[nodiscard]] std::vector<std::string> read_hdf5_labels(const std::string& path, const std::string& dataset);

}  // namespace sigmaflow
