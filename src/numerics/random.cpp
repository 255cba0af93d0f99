#include "sigmaflow/numerics/random.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

namespace sigmaflow {

Stream::Stream(std::uint64_t seed, std::uint64_t distribution, std::int64_t particle, Purpose purpose)
    : key_{seed, distribution},
      counter_{0, static_cast<std::uint64_t>(particle), static_cast<std::uint64_t>(purpose), 0} {}

void Stream::refill() {
    const r123::Philox4x64::ctr_type counter{{counter_[0], counter_[1], counter_[2], counter_[3]}};
    const r123::Philox4x64::key_type key{{key_[0], key_[1]}};
    const auto block = r123::Philox4x64{}(counter, key);
    for (std::size_t i = 0; i < block_.size(); ++i) block_[i] = block[i];
    ++counter_[0];
    used_ = 0;
}

std::uint64_t Stream::bits() {
    if (used_ == 4) refill();
    return block_[static_cast<std::size_t>(used_++)];
}

double Stream::uniform() {
    // The middle of one of 2^52 equal cells: 53 significant bits, symmetric about 1/2, never 0 or 1.
    return (static_cast<double>(bits() >> 12) + 0.5) * 0x1p-52;
}

double Stream::normal() {
    if (has_spare_) {
        has_spare_ = false;
        return spare_;
    }
    // Box & Muller (1958).
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    const double angle = 2.0 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
}

}  // namespace sigmaflow
