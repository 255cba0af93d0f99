#include "sigmaflow/numerics/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace sigmaflow {
namespace {

const BinScale two_sided{};
const BinScale jacobian{.origin = 1.0, .sign = -1.0, .lowest = 1e-4, .highest = 1e4, .two_sided = false};

// A bin's edges contain what it counts, also at the edges themselves and one ulp beside them.
TEST(BinIndex, BinsContainTheirValues) {
    for (const auto& scale : {two_sided, jacobian}) {
        const BinIndex bins(scale);
        const auto edges = bins.edges();
        ASSERT_EQ(static_cast<int>(edges.size()), bins.size() + 1);
        std::mt19937_64 random(3);
        std::uniform_real_distribution<double> exponent(-14.0, 14.0);
        std::vector<double> us;
        for (int i = 0; i < 20000; ++i) us.push_back((i % 2 == 0 ? 1.0 : -1.0) * std::exp(exponent(random)));
        for (std::size_t i = 1; i + 1 < edges.size(); ++i) {
            for (const double u : {edges[i], std::nextafter(edges[i], 1e9), std::nextafter(edges[i], -1e9)})
                us.push_back(u);
        }
        for (const double wanted : us) {
            const double value = scale.origin + scale.sign * wanted;
            const double u = scale.sign * (value - scale.origin);  // as rounded
            const auto bin = static_cast<std::size_t>(bins(value));
            ASSERT_GE(u, edges[bin]);
            ASSERT_LT(u, edges[bin + 1]);
        }
    }
}

TEST(BinIndex, RepresentativesHaveTheStatedAccuracy) {
    for (const auto& scale : {two_sided, jacobian}) {
        const BinIndex bins(scale);
        std::mt19937_64 random(4);
        std::uniform_real_distribution<double> exponent(std::log(scale.lowest), std::log(scale.highest));
        for (int i = 0; i < 20000; ++i) {
            const double u = (scale.two_sided && i % 2 == 0 ? -1.0 : 1.0) * std::exp(exponent(random));
            const double value = scale.origin + scale.sign * u;
            const double stated = scale.relative_accuracy * std::abs(u) * (1.0 + 1e-12) + 1e-12;
            EXPECT_NEAR(bins.representative(bins(value)), value, stated);
        }
    }
}

// J = 0 is an edge: the share of branching directions read from the counts is exact.
TEST(BinIndex, SignOfTheJacobianIsNeverBlurred) {
    const BinIndex bins(jacobian);
    EXPECT_NE(bins(-1e-15), bins(1e-15));
    EXPECT_LT(bins.representative(bins(-1e-9)), 0.0);
    EXPECT_GT(bins.representative(bins(1e-9)), 0.0);
}

TEST(BinIndex, QuantilesAreThoseOfTheSortedValues) {
    std::mt19937_64 random(5);
    std::normal_distribution<double> normal;
    for (const auto& scale : {two_sided, jacobian}) {
        const BinIndex bins(scale);
        std::vector<double> values;
        std::vector<std::uint64_t> counts(static_cast<std::size_t>(bins.size()), 0);
        for (int i = 0; i < 5001; ++i) {
            const double u = scale.two_sided ? normal(random) : std::exp(normal(random));
            values.push_back(scale.origin + scale.sign * u);
            ++counts[static_cast<std::size_t>(bins(values.back()))];
        }
        std::sort(values.begin(), values.end());
        for (const double q : {0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0}) {
            const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(q * 5001.0)));
            const double exact = values[rank - 1];
            const double stated = scale.relative_accuracy * std::abs(exact - scale.origin) + scale.lowest;
            EXPECT_NEAR(bins.quantile(counts, q), exact, stated) << q;
        }
    }
    EXPECT_TRUE(std::isnan(BinIndex(two_sided).quantile(std::vector<std::uint64_t>(400, 0), 0.5)));
}

}  // namespace
}  // namespace sigmaflow
