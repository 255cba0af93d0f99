#include "sigmaflow/dynamics/noise.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace sigmaflow {
namespace {

Purpose purpose_of(NoiseClock clock) {
    if (clock == NoiseClock::churn) return Purpose::churn_path;
    return clock == NoiseClock::langevin ? Purpose::langevin_path : Purpose::brownian_path;
}

}  // namespace

BrownianPaths::BrownianPaths(const StreamKey& key, int dim)
    : key_(key),
      dim_(dim),
      right_(Tile::Zero(dim, kTileWidth)),
      normal_(Tile::Zero(dim, kTileWidth)),
      sum_(Tile::Zero(dim, kTileWidth)) {
    for (Known& known : known_) known.value = Tile::Zero(dim, kTileWidth);
}

void BrownianPaths::follow(const ParticleRange& range) {
    for (int c = 0; c < kTileWidth; ++c) {
        particles_[static_cast<std::size_t>(c)] = range.first + std::min(c, range.count - 1);
    }
    for (Known& known : known_) known.valid = false;
}

BrownianPaths::Place BrownianPaths::locate(NoiseClock clock, double time) {
    if (clock != NoiseClock::variance) {
        const double cell = std::floor(time);
        return {static_cast<int>(cell), time - cell, 1.0};
    }
    int exponent = 0;
    const double mantissa = std::frexp(time, &exponent);  // time = mantissa 2^exponent, 1/2 <= mantissa < 1
    return {exponent - 1, 2.0 * mantissa - 1.0, cell_length(clock, exponent - 1)};
}

double BrownianPaths::cell_length(NoiseClock clock, int cell) {
    return clock == NoiseClock::variance ? std::ldexp(1.0, cell) : 1.0;
}

void BrownianPaths::draw(NoiseClock clock, int cell, std::uint64_t node) {
    const std::uint64_t place = (static_cast<std::uint64_t>(static_cast<std::uint32_t>(cell)) << 32U) + node;
    for (int row = 0; row < dim_; row += 4) {
        const int count = std::min(4, dim_ - row);
        const auto block = static_cast<std::uint64_t>(row / 4);
        for (int c = 0; c < kTileWidth; ++c) {
            if (c > 0 && particles_[static_cast<std::size_t>(c)] == particles_[static_cast<std::size_t>(c - 1)]) {
                normal_.block(row, c, count, 1) = normal_.block(row, c - 1, count, 1);  // padding
                continue;
            }
            const auto normals =
                key_.normals_at(particles_[static_cast<std::size_t>(c)], purpose_of(clock), place, block, count);
            for (int i = 0; i < count; ++i) normal_(row + i, c) = normals[static_cast<std::size_t>(i)];
        }
    }
}

/// Levy's construction: given W at both ends of an interval of length l, W at its middle is their mean and a normal of
/// variance l/4.
void BrownianPaths::descend(NoiseClock clock, const Place& place, Tile& value) {
    Tile& left = value;
    left.setZero();
    if (place.fraction == 0.0) return;
    double length = place.length;
    draw(clock, place.cell, 0);
    right_ = std::sqrt(length) * normal_;
    double fraction = place.fraction;
    std::uint64_t node = 1;
    for (int level = 0; level < depth; ++level) {
        draw(clock, place.cell, node);
        normal_ = 0.5 * (left + right_) + 0.5 * std::sqrt(length) * normal_;
        const bool is_right = fraction >= 0.5;
        (is_right ? left : right_) = normal_;
        fraction = 2.0 * fraction - (is_right ? 1.0 : 0.0);
        if (fraction == 0.0) return;
        node = 2 * node + (is_right ? 1 : 0);
        length *= 0.5;
    }
    draw(clock, place.cell, node);
    left += fraction * (right_ - left) + std::sqrt(fraction * (1.0 - fraction) * length) * normal_;
}

const Tile& BrownianPaths::value_at(NoiseClock clock, double time) {
    const auto is_it = [&](const Known& known) { return known.valid && known.clock == clock && known.time == time; };
    if (is_it(known_[0])) return known_[0].value;
    std::swap(known_[0], known_[1]);
    if (is_it(known_[0])) return known_[0].value;
    descend(clock, locate(clock, time), known_[0].value);
    known_[0].valid = true;
    known_[0].clock = clock;
    known_[0].time = time;
    return known_[0].value;
}

void BrownianPaths::increment(NoiseClock clock, double from, double to, Tile& out) {
    const double low = std::min(from, to);
    const double high = std::max(from, to);
    const int first = locate(clock, low).cell;
    const int last = locate(clock, high).cell;
    sum_.setZero();
    for (int cell = first; cell < last; ++cell) {
        draw(clock, cell, 0);
        sum_ += std::sqrt(cell_length(clock, cell)) * normal_;
    }
    // `to` is looked up last, so that it is still known when the next step begins there.
    out = value_at(clock, from);
    if (from == low) {
        out = sum_ + (value_at(clock, to) - out);
    } else {
        out = (value_at(clock, to) - out) - sum_;
    }
}

void BrownianPaths::decision(double time, Row& out) {
    for (int c = 0; c < kTileWidth; ++c) {
        out[c] = key_.uniform_at(particles_[static_cast<std::size_t>(c)], Purpose::metropolis,
                                 std::bit_cast<std::uint64_t>(time));
    }
}

/// A normal counts as an exponential, and so does its share of the counter's rounds.
Work BrownianPaths::cost(int dim, int width) {
    const double normals = (depth + 3.0) * dim * width;
    return {.flops = 10.0 * normals, .exps = 2.0 * normals};
}

}  // namespace sigmaflow
