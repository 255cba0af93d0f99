#pragma once
// The layout of an existing result file, and where its changing bytes lie.

#include <cstdint>
#include <string>
#include <vector>

#include "byte_file.hpp"
#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// Offsets in the file of everything that a run writes. Rows of a column or variable follow each other without gaps.
struct Places {
    std::vector<std::vector<std::uint64_t>> variables;  ///< [group][task variable]
    std::vector<std::uint64_t> tasks;                   ///< by TaskColumn
    std::vector<std::uint64_t> sessions;                ///< by SessionColumn
};

struct Metadata {
    Layout layout;
    Places places;

    /// Where row `variable` of `task` lies.
    [[nodiscard]] Extent row(std::uint64_t task, std::size_t variable) const;
};

/// Offset of a task's row from the start of its variable, and its bytes.
[[nodiscard]] Extent row_in_variable(const Group& group, const Variable& variable, const TaskPlace& task);

/// Reads the metadata of a file whose header was checked. std::runtime_error when it does not follow the format.
[[nodiscard]] Metadata read_metadata(const std::string& path);

}  // namespace sigmaflow
