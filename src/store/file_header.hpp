#pragma once
// The first bytes of a result file, in front of everything that HDF5 knows (its user block). They say which bytes may
// change while a job runs, and hold the digest of all others, so that damaged metadata is found before HDF5 reads it.
// Layout in docs/result-format.md.

#include <cstdint>
#include <string>
#include <vector>

#include "byte_file.hpp"

namespace sigmaflow {

inline constexpr std::uint64_t kUserBlockBytes = 512;
inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr const char* kPartAttribute = "part";  ///< of the file: "2/8"; none when it is for all tasks

/// A run of bytes that a running job may change.
struct MutableRange {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

/// Writes the header over a finished file whose table of mutable ranges starts at `table_offset`.
void write_header(const ByteFile& file, std::uint64_t table_offset, std::uint64_t range_count);

/// Whether the file is of this format, damaged or not: its first bytes or those behind the header are.
[[nodiscard]] bool is_result_file(const ByteFile& file);

/// Whether a whole header names another format version: the file is not damaged but foreign.
[[nodiscard]] bool has_other_version(const ByteFile& file);

/// What is wrong with header and frozen bytes, in words; empty when nothing is. Never trusts a number it has not
/// checked.
[[nodiscard]] std::string header_fault(const ByteFile& file);

/// InputError when `path` is no result file, has another format version or is damaged.
void check_header(const std::string& path);

}  // namespace sigmaflow
