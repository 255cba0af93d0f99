#pragma once
/// \file
/// Stable 64-bit hashes (XXH3): identities of points, keys of random streams, checksums of rows. The values are part of
/// the result format.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sigmaflow {

[[nodiscard]] std::uint64_t hash64(std::span<const std::byte> bytes);
[[nodiscard]] std::uint64_t hash64(std::string_view text);
/// 16 lower-case hexadecimal digits.
[[nodiscard]] std::string hex(std::uint64_t value);

}  // namespace sigmaflow
