#pragma once
// What the metadata of an existing file must satisfy before a number in them is used as an index, a size or an offset.

#include <cstdint>
#include <string>

#include "read_metadata.hpp"

namespace sigmaflow {

/// Where the metadata of a file of that many bytes contradict themselves or point outside it, in words; empty when they
/// do not. The digest of the header finds damage; this finds files that were made wrongly.
[[nodiscard]] std::string metadata_fault(const Metadata& metadata, std::uint64_t file_bytes);

}  // namespace sigmaflow
