#pragma once
// Readers of one format each for tables of numbers.

#include <cstdint>
#include <string>
#include <vector>

namespace sigmaflow {

/// Rows of equal length, row by row.
struct NumberTable {
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    std::vector<double> values;
};

/// Each throws InputError with the reason when the file does not follow its format.
[[nodiscard]] NumberTable read_npy(const std::string& path);
[[nodiscard]] NumberTable read_csv(const std::string& path);
[[nodiscard]] NumberTable read_hdf5_table(const std::string& path, const std::string& dataset);

}  // namespace sigmaflow
