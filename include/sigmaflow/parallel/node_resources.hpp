#pragma once
/// \file
/// What a node has left: memory and space on a disk.

#include <cstdint>
#include <string>

namespace sigmaflow {

/// Bytes of memory that this process and others of its job may still take: the least of what the system has available,
/// of the control groups that the process is in (SLURM, containers) and of its own address limit (ulimit -v).
[[nodiscard]] std::uint64_t available_memory();

/// Bytes that can be written to the folder in which `path` lies or would lie.
[[nodiscard]] std::uint64_t available_disk(const std::string& path);

}  // namespace sigmaflow
