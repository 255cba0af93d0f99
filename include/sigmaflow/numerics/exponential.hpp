#pragma once
/// \file
/// exp for loops over the columns of a tile: inline, free of branches, so that compilers vectorise it. The same
/// operations in every lane give the same bits wherever a column stands.

#include <bit>
#include <cstdint>

namespace sigmaflow {

/// exp(x) for x <= 0, within 1.5 ulp; exactly 0 below -708, where the result would no longer be a normal number. NaN
/// stays NaN.
inline double exp_of_nonpositive(double x) {
    // x = n ln 2 + r with |r| <= ln 2 / 2. Adding 1.5 * 2^52 rounds to an integer, which then stands in the low bits.
    constexpr double magic = 0x1.8p52;
    constexpr double inverse_ln2 = 1.4426950408889634;
    constexpr double ln2_high = 0x1.62e42fee00000p-1;  // trailing zeros: n * ln2_high is exact
    constexpr double ln2_low = 0x1.a39ef35793c76p-33;
    const double shifted = x * inverse_ln2 + magic;
    const double n = shifted - magic;
    const double r = (x - n * ln2_high) - n * ln2_low;
    // Taylor to r^13: the remainder is below 5e-18.
    double series = 1.0 / 6227020800.0;
    series = series * r + 1.0 / 479001600.0;
    series = series * r + 1.0 / 39916800.0;
    series = series * r + 1.0 / 3628800.0;
    series = series * r + 1.0 / 362880.0;
    series = series * r + 1.0 / 40320.0;
    series = series * r + 1.0 / 5040.0;
    series = series * r + 1.0 / 720.0;
    series = series * r + 1.0 / 120.0;
    series = series * r + 1.0 / 24.0;
    series = series * r + 1.0 / 6.0;
    series = series * r + 0.5;
    series = series * r + 1.0;
    series = series * r + 1.0;
    const double scale = std::bit_cast<double>((std::bit_cast<std::uint64_t>(shifted) + 1023) << 52);
    return x < -708.0 ? 0.0 : series * scale;
}

}  // namespace sigmaflow
