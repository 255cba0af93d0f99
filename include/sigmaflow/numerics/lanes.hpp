#pragma once
/// \file
/// Eight doubles that go through arithmetic together (inlined everywhere: how they are passed depends on the CPU):
/// vector extensions of g++ and clang, which become one register or two, whatever the CPU has. Loops over the columns
/// of a tile that must stay in registers are written with them.

#include <bit>
#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace sigmaflow {

inline constexpr int kLanes = 8;
using Lanes = double __attribute__((vector_size(64)));
using LaneBits = std::int64_t __attribute__((vector_size(64)));  ///< of a comparison: -1 where it holds, else 0

[[nodiscard, gnu::always_inline]] inline Lanes load_lanes(const double* from) {
    Lanes out;
    std::memcpy(&out, from, sizeof out);
    return out;
}
[[gnu::always_inline]] inline void store_lanes(double* to, Lanes lanes) { std::memcpy(to, &lanes, sizeof lanes); }
[[nodiscard, gnu::always_inline]] inline Lanes all_lanes(double value) { return value - Lanes{}; }

/// `yes` where the mask holds, else `no`.
[[nodiscard, gnu::always_inline]] inline Lanes chosen(LaneBits mask, Lanes yes, Lanes no) { return mask ? yes : no; }

/// exp(x) for x <= 0 in every lane, within 1.5 ulp; exactly 0 below -708; NaN stays NaN. The same operations as the
/// scalar exp_of_nonpositive().
[[nodiscard, gnu::always_inline]] inline Lanes exp_of_nonpositive(Lanes x) {
    const Lanes magic = all_lanes(0x1.8p52);
    const Lanes shifted = x * all_lanes(1.4426950408889634) + magic;
    const Lanes n = shifted - magic;
    const Lanes r = (x - n * all_lanes(0x1.62e42fee00000p-1)) - n * all_lanes(0x1.a39ef35793c76p-33);
    Lanes series = all_lanes(1.0 / 6227020800.0);
    for (const double coefficient :
         {1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0, 1.0 / 362880.0, 1.0 / 40320.0, 1.0 / 5040.0,
          1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0}) {
        series = series * r + all_lanes(coefficient);
    }
    const LaneBits exponent = (std::bit_cast<LaneBits>(shifted) + 1023) << 52;
    return chosen(x < all_lanes(-708.0), Lanes{}, series * std::bit_cast<Lanes>(exponent));
}

}  // namespace sigmaflow
