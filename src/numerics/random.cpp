#include "sigmaflow/numerics/random.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

#include "sigmaflow/numerics/normal_quantile.hpp"

namespace sigmaflow {

namespace {

using Block = std::array<std::uint64_t, 4>;

Block philox(const std::array<std::uint64_t, 2>& key, const Block& counter) {
    const auto block = r123::Philox4x64{}({{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
    return {block[0], block[1], block[2], block[3]};
}

/// The middle of one of 2^52 equal cells: 53 significant bits, symmetric about 1/2, never 0 or 1.
double uniform_of(std::uint64_t bits) { return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52; }

/// Box & Muller (1958).
std::array<double, 2> normals_of(std::uint64_t first, std::uint64_t second) {
    const double radius = std::sqrt(-2.0 * std::log(uniform_of(first)));
    const double angle = 2.0 * std::numbers::pi * uniform_of(second);
    return {radius * std::cos(angle), radius * std::sin(angle)};
}

Block block_at(const StreamKey& key, std::int64_t particle, Purpose purpose, std::uint64_t place, std::uint64_t block) {
    return philox({key.seed, key.distribution},
                  {block, static_cast<std::uint64_t>(particle), static_cast<std::uint64_t>(purpose), place});
}

}  // namespace

std::array<double, 4> StreamKey::normals_at(std::int64_t particle, Purpose purpose, std::uint64_t place,
                                            std::uint64_t block, int count) const {
    const Block bits = block_at(*this, particle, purpose, place, block);
    std::array<double, 4> out{};
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) out[i] = normal_quantile(uniform_of(bits[i]));
    return out;
}

double StreamKey::uniform_at(std::int64_t particle, Purpose purpose, std::uint64_t place) const {
    return uniform_of(block_at(*this, particle, purpose, place, 0)[0]);
}

Stream::Stream(std::uint64_t seed, std::uint64_t distribution, std::int64_t particle, Purpose purpose)
    : key_{seed, distribution},
      counter_{0, static_cast<std::uint64_t>(particle), static_cast<std::uint64_t>(purpose), 0} {}

void Stream::refill() {
    block_ = philox(key_, counter_);
    ++counter_[0];
    used_ = 0;
}

std::uint64_t Stream::bits() {
    if (used_ == 4) refill();
    return block_[static_cast<std::size_t>(used_++)];
}

double Stream::uniform() { return uniform_of(bits()); }

double Stream::normal() {
    if (has_spare_) {
        has_spare_ = false;
        return spare_;
    }
    const std::uint64_t first = bits();
    const auto [normal, spare] = normals_of(first, bits());
    spare_ = spare;
    has_spare_ = true;
    return normal;
}

}  // namespace sigmaflow
