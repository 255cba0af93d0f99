#include "sigmaflow/numerics/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "sigmaflow/numerics/normal_quantile.hpp"

namespace sigmaflow {
namespace {

// The zero vector is one of the known answers that Salmon et al. publish for Philox4x64-10; the others were computed
// from the paper's definition in integers of unlimited size. Counter = {index, particle, purpose, 0}.
TEST(Stream, KnownAnswersOfPhilox4x64_10) {
    struct Known {
        Stream stream;
        std::uint64_t expected[4];
    };
    Known known[] = {
        {{0, 0, 0, Purpose::data}, {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
        {{7, 11, 0, Purpose::data}, {0x73972ebfebd13300, 0xc1f2c9ef6b5f5c9b, 0xb9fdb4291fd06c09, 0x8e66b3da064456bf}},
        {{2206, 0xabcdef, 5, Purpose::test},
         {0xf8c0f452d91e338c, 0xd4a0ecdc60db59b9, 0xc891219d8b7168d1, 0x1e2d78074912da23}}};
    for (auto& [stream, expected] : known) {
        for (const auto word : expected) EXPECT_EQ(stream.bits(), word);
    }
    // The second block has counter index 1.
    EXPECT_EQ(known[2].stream.bits(), 0x2cd2211c709d7d4aU);
}

TEST(Stream, UniformIsTheMiddleOfACell) {
    Stream bits(3, 4, 5, Purpose::test);
    Stream uniform(3, 4, 5, Purpose::test);
    for (int i = 0; i < 1000; ++i) {
        const double u = uniform.uniform();
        EXPECT_EQ(u, (static_cast<double>(bits.bits() >> 12) + 0.5) / 4503599627370496.0);
        EXPECT_GT(u, 0.0);
        EXPECT_LT(u, 1.0);
    }
}

TEST(Stream, SameKeySameNumbersOtherKeyOtherNumbers) {
    const auto first = [](std::uint64_t seed, std::uint64_t law, std::int64_t particle, Purpose purpose) {
        return Stream(seed, law, particle, purpose).bits();
    };
    EXPECT_EQ(first(1, 2, 3, Purpose::data), first(1, 2, 3, Purpose::data));
    const std::set<std::uint64_t> distinct{first(1, 2, 3, Purpose::data), first(9, 2, 3, Purpose::data),
                                           first(1, 9, 3, Purpose::data), first(1, 2, 9, Purpose::data),
                                           first(1, 2, 3, Purpose::start_noise)};
    EXPECT_EQ(distinct.size(), 5U);
}

double mean_product(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum / static_cast<double>(a.size());
}

constexpr int kCount = 100000;

std::vector<double> normals(std::int64_t particle, Purpose purpose) {
    Stream stream(17, 23, particle, purpose);
    std::vector<double> out(kCount);
    for (auto& number : out) number = stream.normal();
    return out;
}

TEST(Stream, NormalHasTheMomentsOfAStandardNormal) {
    const auto z = normals(0, Purpose::test);
    double sums[5] = {0, 0, 0, 0, 0};
    for (const double number : z) {
        for (int k = 1; k <= 4; ++k) sums[k] += std::pow(number, k) / kCount;
    }
    const double five = 5.0 / std::sqrt(kCount);  // five standard errors of a unit variance
    EXPECT_NEAR(sums[1], 0.0, five);
    EXPECT_NEAR(sums[2], 1.0, five * std::sqrt(2.0));
    EXPECT_NEAR(sums[3], 0.0, five * std::sqrt(15.0));
    EXPECT_NEAR(sums[4], 3.0, five * std::sqrt(96.0));
}

TEST(Stream, StreamsOfOtherParticlesAndPurposesAreUncorrelated) {
    const auto z = normals(0, Purpose::test);
    const double five = 5.0 / std::sqrt(kCount);
    EXPECT_NEAR(mean_product(z, normals(1, Purpose::test)), 0.0, five);
    EXPECT_NEAR(mean_product(z, normals(0, Purpose::brownian_path)), 0.0, five);
    // Neither are the two normals of one Box-Muller pair, nor their squares.
    std::vector<double> even;
    std::vector<double> odd;
    for (std::size_t i = 0; i + 1 < z.size(); i += 2) {
        even.push_back(z[i]);
        odd.push_back(z[i + 1]);
    }
    EXPECT_NEAR(mean_product(even, odd), 0.0, five * std::sqrt(2.0));
    for (auto& number : even) number = number * number - 1.0;
    for (auto& number : odd) number = number * number - 1.0;
    EXPECT_NEAR(mean_product(even, odd), 0.0, five * std::sqrt(2.0) * 2.0);
}

// Numbers addressed by place are those of the stream where it begins, and asking for fewer changes none.
TEST(Stream, NumbersByPlaceAreThoseOfTheStream) {
    const StreamKey key{2206, 7};
    Stream stream = key.stream(5, Purpose::test);
    for (std::uint64_t block = 0; block < 3; ++block) {
        const auto four = key.normals_at(5, Purpose::test, 0, block);
        const auto two = key.normals_at(5, Purpose::test, 0, block, 2);
        for (const double normal : four) EXPECT_EQ(normal, normal_quantile(stream.uniform()));
        EXPECT_EQ(two[0], four[0]);
        EXPECT_EQ(two[1], four[1]);
    }
    EXPECT_EQ(key.uniform_at(5, Purpose::test, 0), key.stream(5, Purpose::test).uniform());
    std::set<double> distinct;
    for (std::uint64_t place = 0; place < 1000; ++place) {
        distinct.insert(key.uniform_at(5, Purpose::test, place));
        distinct.insert(key.normals_at(5, Purpose::test, place, 1)[3]);
        distinct.insert(key.normals_at(5, Purpose::metropolis, place, 1)[3]);
    }
    EXPECT_EQ(distinct.size(), 3000U);
}

}  // namespace
}  // namespace sigmaflow
