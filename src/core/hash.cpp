#include "sigmaflow/core/hash.hpp"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sigmaflow {

std::uint64_t hash64(std::span<const std::byte> bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }
std::uint64_t hash64(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }
std::string hex(std::uint64_t value) { return fmt::format("{:016x}", value); }

}  // namespace sigmaflow
