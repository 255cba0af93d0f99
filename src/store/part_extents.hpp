#pragma once
// What a result file needs of the disk.

#include <cstdint>
#include <vector>

#include "byte_file.hpp"
#include "read_metadata.hpp"

namespace sigmaflow {

/// The stretches of a file of `file_bytes` that need a place on the disk, in order and without overlap: all of it, or
/// all but the rows of tasks that belong to other parts of the study.
[[nodiscard]] std::vector<Extent> part_extents(const Metadata& metadata, std::uint64_t file_bytes);

/// Their bytes.
[[nodiscard]] std::uint64_t part_bytes(const Metadata& metadata, std::uint64_t file_bytes);

}  // namespace sigmaflow
