#pragma once
// The entries of /tasks that a run writes, as the bytes they are in the file.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "columns.hpp"
#include "sigmaflow/core/status.hpp"

namespace sigmaflow {

struct TaskRecord {
    TaskStatus status = TaskStatus::pending;
    std::array<char, kMessageBytes> message{};
    std::uint32_t session = 0;
    std::uint32_t rank = 0;
    double start = 0.0;
    double seconds = 0.0;
    double wait = 0.0;
    std::vector<std::uint64_t> checksums;  ///< one per task variable of the task's group

    /// The bytes of one column.
    [[nodiscard]] std::vector<std::byte> entry(TaskColumn which) const;
    /// Hash of the entries of all other columns, in their order: what record_checksum holds.
    [[nodiscard]] std::uint64_t digest() const;
};

/// `text` cut to fit `bytes` with a closing zero, never inside a UTF-8 character.
[[nodiscard]] std::string fitted(const std::string& text, std::size_t bytes);
/// The text before the padding.
[[nodiscard]] std::string unpadded(const char* bytes, std::size_t size);

}  // namespace sigmaflow
