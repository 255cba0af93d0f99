#include "sigmaflow/core/hash.hpp"

#include <fmt/format.h>

// g++ 12 sees uninitialised values in its own AVX-512 intrinsics once they are inlined here.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sigmaflow {

std::uint64_t hash64(std::span<const std::byte> bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }
std::uint64_t hash64(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }
std::string hex(std::uint64_t value) { return fmt::format("{:016x}", value); }

}  // namespace sigmaflow
