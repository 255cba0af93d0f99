// Moments and cumulants of laws with known ones, and mixtures of finite laws against the merged law.
#include "sigmaflow/numerics/cumulants.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "sigmaflow/numerics/random.hpp"
#include "sigmaflow/numerics/total_cumulance.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using Six = std::array<double, 6>;
constexpr double eps = std::numeric_limits<double>::epsilon();

void expect_near(const Six& a, const Six& b, double relative) {
    for (std::size_t n = 0; n < 6; ++n) EXPECT_NEAR(a[n], b[n], relative * (1.0 + std::abs(b[n]))) << "order " << n + 1;
}

// Poisson of rate 1 has all cumulants 1 and the Bell numbers for moments; the exponential law has (n-1)!, n!, and the
// numbers of derangements as central moments.
TEST(Cumulants, OfKnownLaws) {
    const std::vector<std::array<Six, 3>> laws{
        {{{1, 1, 1, 1, 1, 1}, {1, 2, 5, 15, 52, 203}, {0, 1, 1, 4, 11, 41}}},
        {{{1, 1, 2, 6, 24, 120}, {1, 2, 6, 24, 120, 720}, {0, 1, 2, 9, 44, 265}}},
        {{{0.5, 0.25, 0, -0.125, 0, 0.25}, {0.5, 0.5, 0.5, 0.5, 0.5, 0.5}, {0, 0.25, 0, 0.0625, 0, 0.015625}}},
        {{{0, 4, 0, 0, 0, 0}, {0, 4, 0, 48, 0, 960}, {0, 4, 0, 48, 0, 960}}}};
    for (const auto& [cumulants, raw, central] : laws) {
        Six out{};
        moments_from_cumulants(cumulants, out);
        expect_near(out, raw, 4 * eps);
        cumulants_from_moments(raw, out);
        expect_near(out, cumulants, 64 * eps);
        shift_moments(raw, cumulants[0], out);
        expect_near(out, central, 64 * eps);
        shift_moments(central, -cumulants[0], out);
        expect_near(out, raw, 64 * eps);
        cumulants_from_moments(central, out);
        EXPECT_EQ(out[0], 0.0);
        out[0] = cumulants[0];
        expect_near(out, cumulants, 64 * eps);
    }
}

TEST(Cumulants, GivenOnlyInPartAreZeroBeyond) {
    Six moments{};
    moments_from_cumulants(std::array<double, 2>{0.0, 4.0}, moments);
    expect_near(moments, {0, 4, 0, 48, 0, 960}, 0.0);
}

/// Numbers with weights: a law whose cumulants are sums.
struct FiniteLaw {
    std::vector<double> values, weights;

    /// The textbook's polynomials in central moments, in long double; `size` gets E |X - mean|^n.
    [[nodiscard]] Six cumulants(Six* size = nullptr) const {
        long double total = 0, mean = 0, mu[7] = {}, absolute[7] = {};
        for (std::size_t i = 0; i < values.size(); ++i) total += weights[i];
        for (std::size_t i = 0; i < values.size(); ++i) mean += weights[i] / total * values[i];
        for (std::size_t i = 0; i < values.size(); ++i) {
            for (int n = 1; n <= 6; ++n) {
                mu[n] += weights[i] / total * std::pow(values[i] - mean, n);
                absolute[n] += weights[i] / total * std::pow(std::abs(values[i] - mean), n);
            }
        }
        if (size != nullptr) {
            for (int n = 1; n <= 6; ++n) (*size)[static_cast<std::size_t>(n - 1)] = static_cast<double>(absolute[n]);
        }
        return {static_cast<double>(mean),
                static_cast<double>(mu[2]),
                static_cast<double>(mu[3]),
                static_cast<double>(mu[4] - 3 * mu[2] * mu[2]),
                static_cast<double>(mu[5] - 10 * mu[2] * mu[3]),
                static_cast<double>(mu[6] - 15 * mu[2] * mu[4] - 10 * mu[3] * mu[3] + 30 * mu[2] * mu[2] * mu[2])};
    }
};

/// The components in every column of a tile, the weights times `factor`.
Six mixed(const std::vector<Six>& components, const std::vector<double>& weights, int depth = 6, double factor = 1.0,
          int order = 6) {
    TotalCumulance law(depth);
    double sum = 0.0;
    std::vector<Tile> tiles;
    for (std::size_t k = 0; k < components.size(); ++k) {
        sum += factor * weights[k];
        tiles.emplace_back(depth, kTileWidth);
        for (int n = 0; n < depth; ++n) tiles[k].row(n).setConstant(components[k][static_cast<std::size_t>(n)]);
    }
    law.reference = tiles.front();
    law.start(order);
    for (std::size_t k = 0; k < tiles.size(); ++k) law.average(Row::Constant(factor * weights[k]), tiles[k]);
    law.centre(Row::Constant(1.0 / sum));
    for (std::size_t k = 0; k < tiles.size(); ++k) law.spread(Row::Constant(factor * weights[k]), tiles[k]);
    Tile out = Tile::Constant(6, kTileWidth, -7.0);
    law.finish(out);
    Six first{};
    for (std::size_t n = 0; n < 6; ++n) {
        const auto row = out.row(static_cast<Eigen::Index>(n));
        first[n] = row[0];
        EXPECT_TRUE((row.array() == first[n]).all() || std::isnan(first[n]));
    }
    return first;
}

// Up to five components of up to five values each, far apart and close, some of them faint.
TEST(TotalCumulance, OfFiniteLawsIsThatOfTheMergedLaw) {
    double worst = 0.0;
    for (std::int64_t trial = 0; trial < 500; ++trial) {
        Stream stream(4, 5, trial, Purpose::test);
        const auto up_to = [&](int n) { return 1 + static_cast<int>(n * stream.uniform()); };
        const double apart = std::exp(2.0 * stream.normal());
        const double unit = std::exp(6.0 * stream.normal());
        FiniteLaw all;
        std::vector<Six> parts;
        std::vector<double> weights;
        for (int k = up_to(5); k > 0; --k) {
            FiniteLaw part;
            const double place = apart * stream.normal();
            for (int i = up_to(5); i > 0; --i) {
                part.values.push_back(unit * (place + stream.normal()));
                part.weights.push_back(1.0);
            }
            weights.push_back(stream.uniform() < 0.3 ? 1e-20 * stream.uniform() : stream.uniform());
            for (const double value : part.values) {
                all.values.push_back(value);
                all.weights.push_back(weights.back() / static_cast<double>(part.values.size()));
            }
            parts.push_back(part.cumulants());
        }
        Six size{};
        const Six truth = all.cumulants(&size);
        const Six found = mixed(parts, weights, 6, 3.0);
        EXPECT_NEAR(found[0], truth[0], 8 * eps * (std::abs(truth[0]) + size[0]));
        for (std::size_t n = 1; n < 6; ++n) {
            // The values are rounded by up to eps |mean| before they are averaged.
            const double rounded = eps * std::abs(truth[0]) * std::pow(size[5], static_cast<double>(n) / 6.0);
            const double error = std::abs(found[n] - truth[n]) / (size[n] + 1e13 * rounded + 1e-300);
            EXPECT_LT(error, 1e-12) << "trial " << trial << ", kappa_" << n + 1;
            worst = std::max(worst, error);
        }
    }
    testing_support::claim("total-cumulance", worst);
}

TEST(TotalCumulance, OfEqualGaussiansIsExact) {
    const Six gaussian{0.1, 0.7, 0, 0, 0, 0};
    EXPECT_EQ(mixed({gaussian}, {0.3}, 2), gaussian);
    EXPECT_EQ(mixed({gaussian, gaussian, gaussian}, {0.3, 1e-3, 0.1}, 2), gaussian);
}

// N(0, 1) and N(0, 4): kappa_4 = 3 Var[b], kappa_6 = 15 E (b - E b)^3.
TEST(TotalCumulance, OfWidthsAlone) {
    const Six found = mixed({{0, 1, 0, 0, 0, 0}, {0, 4, 0, 0, 0, 0}}, {2.0, 1.0}, 2);
    expect_near(found, {0, 2, 0, 6, 0, 30}, 8 * eps);
}

TEST(TotalCumulance, NestsWithoutLoss) {
    const std::vector<Six> parts{{0, 1, 0.5, 0.1, 0, 0}, {2, 0.5, 0, -0.1, 0.3, 1}, {-1, 2, 0.2, 0, 0, 0.5}};
    const std::vector<double> weights{0.5, 0.3, 0.2};
    const Six inner = mixed({parts[0], parts[1]}, {0.5, 0.3});
    expect_near(mixed({inner, parts[2]}, {0.8, 0.2}), mixed(parts, weights), 64 * eps);
}

TEST(TotalCumulance, FillsNoMoreThanTheOrder) {
    const Six found = mixed({{0, 1, 0, 0, 0, 0}, {2, 4, 0, 0, 0, 0}}, {1.0, 1.0}, 2, 1.0, 3);
    expect_near(found, {1, 3.5, 4.5, -7, -7, -7}, 4 * eps);
    expect_near(mixed({{2, 1, 0, 0, 0, 0}, {4, 1, 0, 0, 0, 0}}, {1.0, 1.0}, 2, 1.0, 1), {3, -7, -7, -7, -7, -7}, 0.0);
}

// Sixth powers of 1e80 have no double: infinite with the right sign, never NaN; those of 1e-80 vanish.
TEST(TotalCumulance, KeepsItsRange) {
    for (const double h : {1e80, 1e40, 1e-40, 1e-80, 1e-300}) {
        const Six found = mixed({{h, 0, 0, 0, 0, 0}, {-h, 0, 0, 0, 0, 0}}, {1.0, 1.0});
        EXPECT_EQ(found[0], 0.0);
        EXPECT_DOUBLE_EQ(found[1], h * h);
        EXPECT_EQ(found[2], 0.0);
        EXPECT_DOUBLE_EQ(found[3], -2.0 * h * h * h * h);
        EXPECT_EQ(found[4], 0.0);
        EXPECT_DOUBLE_EQ(found[5], 16.0 * h * h * h * h * h * h);
    }
}

TEST(TotalCumulance, KeepsItsRangeInWidths) {
    for (const double h : {1e76, 1e52, 1e-60}) {
        const Six found = mixed({{0, 0, 0, 0, 0, 0}, {0, h * h, 0, 0, 0, 0}}, {1.0, 1.0}, 2);
        EXPECT_DOUBLE_EQ(found[1], 0.5 * h * h);
        EXPECT_DOUBLE_EQ(found[3], 0.75 * h * h * h * h);
        EXPECT_EQ(found[5], 0.0);
    }
}

// Far away, but not there.
TEST(TotalCumulance, PassesOverComponentsWithoutWeight) {
    const Six found =
        mixed({{1, 0.5, 0, 0, 0, 0}, {1e150, 1e280, 0, 0, 0, 0}, {3, 0.5, 0, 0, 0, 0}}, {1.0, 0.0, 1.0}, 2);
    expect_near(found, {2, 1.5, 0, -2, 0, 16}, 8 * eps);
}

// NaN and infinities of one column stay there.
TEST(TotalCumulance, ColumnsDoNotSeeTheirNeighbours) {
    TotalCumulance law(1);
    Tile a = Tile::Constant(1, kTileWidth, 1.0);
    const Tile b = Tile::Constant(1, kTileWidth, -1.0);
    a(0, 3) = std::numeric_limits<double>::quiet_NaN();
    a(0, 4) = 1e150;
    law.start(4);
    law.average(Row::Ones(), a);
    law.average(Row::Ones(), b);
    law.centre(Row::Constant(0.5));
    law.spread(Row::Ones(), a);
    law.spread(Row::Ones(), b);
    Tile out(4, kTileWidth);
    law.finish(out);
    for (int c = 0; c < kTileWidth; ++c) {
        if (c == 3) {
            EXPECT_TRUE(out.col(c).hasNaN());
        } else if (c != 4) {
            EXPECT_EQ(Eigen::Vector4d(out.col(c)), Eigen::Vector4d(0, 1, 0, -2));
        }
    }
}

}  // namespace
}  // namespace sigmaflow
