// Columns that do not see their neighbours, evaluation without allocation, finite results at the edges.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "distribution/laws.hpp"
#include "sigmaflow/distribution/ellipsoid_shell.hpp"
#include "support/allocations.hpp"

namespace sigmaflow {
namespace {

const Needs kEverything{true, true, true, true};

Tile scattered(const Distribution& law, std::int64_t seed) {
    Tile x;
    law.sample({1, 1}, {0, kTileWidth}, x);
    Stream stream(2, 2, seed, Purpose::test);
    for (int c = 0; c < kTileWidth; ++c) {
        const double noise = std::exp(3.0 * stream.normal() - 1.0);
        for (int i = 0; i < law.dim(); ++i) x(i, c) += noise * stream.normal();
    }
    return x;
}

Row scattered_sigma(std::int64_t seed) {
    Stream stream(3, 3, seed, Purpose::test);
    Row out;
    for (int c = 0; c < kTileWidth; ++c) out[c] = std::exp(3.0 * stream.normal() - 1.0);
    return out;
}

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

void expect_same_column(const PosteriorTile& a, int i, const PosteriorTile& b, int j) {
    EXPECT_TRUE(same_bits(a.log_density[i], b.log_density[j]));
    EXPECT_TRUE(same_bits(a.trace[i], b.trace[j]));
    EXPECT_TRUE(same_bits(a.entropy[i], b.entropy[j]));
    const Eigen::MatrixXd& ca = a.covariance[static_cast<std::size_t>(i)];
    const Eigen::MatrixXd& cb = b.covariance[static_cast<std::size_t>(j)];
    for (Eigen::Index r = 0; r < a.mean.rows(); ++r) {
        EXPECT_TRUE(same_bits(a.mean(r, i), b.mean(r, j)));
        for (Eigen::Index s = 0; s < a.mean.rows(); ++s) EXPECT_TRUE(same_bits(ca(r, s), cb(r, s)));
    }
}

/// Row k - 1: kappa_k along `direction`, as many as the law knows.
Tile cumulants(const Distribution& law, const Tile& x, const Row& sigma, const Tile& direction) {
    const int order = law.posterior().cumulant_order();
    Tile out = Tile::Constant(order, kTileWidth, -1.0);
    const auto workspace = law.posterior().workspace();
    law.posterior().cumulants(x, sigma, direction, order, *workspace, out);
    return out;
}

// The same particle at every position among other particles, noise levels and a spoilt neighbour.
TEST(EveryLaw, ColumnsDoNotSeeTheirNeighbours) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        const Tile x = scattered(*distribution, 0);
        const Row sigma = scattered_sigma(0);
        const PosteriorTile expected = test::evaluate(*distribution, x, sigma);
        for (int shift = 1; shift < kTileWidth; shift += 5) {
            Tile moved = scattered(*distribution, shift);
            Row moved_sigma = scattered_sigma(shift);
            for (int c = 0; c < kTileWidth; c += 2) {
                moved.col((c + shift) % kTileWidth) = x.col(c);
                moved_sigma[(c + shift) % kTileWidth] = sigma[c];
            }
            moved((distribution->dim() - 1), (1 + shift) % kTileWidth) = std::numeric_limits<double>::quiet_NaN();
            const PosteriorTile tile = test::evaluate(*distribution, moved, moved_sigma);
            for (int c = 0; c < kTileWidth; c += 2) expect_same_column(expected, c, tile, (c + shift) % kTileWidth);
            const Tile before = cumulants(*distribution, x, sigma, x);
            const Tile after = cumulants(*distribution, moved, moved_sigma, moved);
            for (int c = 0; c < kTileWidth; c += 2) {
                for (Eigen::Index n = 0; n < before.rows(); ++n) {
                    EXPECT_TRUE(same_bits(before(n, c), after(n, (c + shift) % kTileWidth)));
                }
            }
        }
    });
}

TEST(EveryLaw, AnUncalledNeedChangesNoBits) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        const Tile x = scattered(*distribution, 0);
        const Row sigma = scattered_sigma(0);
        const PosteriorTile all = test::evaluate(*distribution, x, sigma, kEverything);
        const PosteriorTile bare = test::evaluate(*distribution, x, sigma, {});
        const PosteriorTile trace = test::evaluate(*distribution, x, sigma, {false, true, false, false});
        const PosteriorTile density = test::evaluate(*distribution, x, sigma, {true, false, false, false});
        const PosteriorTile entropy = test::evaluate(*distribution, x, sigma, {false, false, false, true});
        EXPECT_EQ(bare.mean, all.mean);
        EXPECT_TRUE((trace.trace == all.trace).all());
        EXPECT_TRUE((density.log_density == all.log_density).all());
        EXPECT_TRUE((entropy.entropy == all.entropy).all());
        EXPECT_TRUE((bare.trace == 0.0).all());
        EXPECT_TRUE(bare.covariance.empty());
        const Capabilities can = distribution->posterior().capabilities();
        EXPECT_TRUE(can.log_density && can.trace && can.covariance);
        EXPECT_EQ(can.entropy, law.is_mixture);
    });
}

TEST(EveryLaw, EvaluatesWithoutAllocation) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        const Tile x = scattered(*distribution, 0);
        const Row sigma = scattered_sigma(0);
        PosteriorTile out(distribution->dim(), kEverything);
        const auto workspace = distribution->posterior().workspace();
        distribution->posterior().evaluate(x, sigma, kEverything, *workspace, out);
        const long before = test::allocations;
        distribution->posterior().evaluate(x, sigma, kEverything, *workspace, out);
        EXPECT_EQ(test::allocations - before, 0);
        const int order = distribution->posterior().cumulant_order();
        Tile values(order, kTileWidth);
        distribution->posterior().cumulants(x, sigma, x, order, *workspace, values);  // the first time may allocate
        const long start = test::allocations;
        distribution->posterior().cumulants(x, sigma, x, order, *workspace, values);
        // Laws with a shell in them know four cumulants, and the many digits that these may need take memory:
        // EllipsoidShell.CumulantsInDoublesTakeNoMemory.
        if (order == kMostCumulants) {
            EXPECT_EQ(test::allocations - start, 0);
        }
        Tile derivatives(x.rows(), kTileWidth);
        distribution->posterior().mean_derivatives(x, sigma, {}, x, *workspace, out, derivatives);
        const long again = test::allocations;
        distribution->posterior().mean_derivatives(x, sigma, {}, x, *workspace, out, derivatives);
        EXPECT_EQ(test::allocations - again, 0);
    });
}

TEST(EllipsoidShell, CumulantsInDoublesTakeNoMemory) {
    for (const double last : {1.0, 2.0}) {
        const EllipsoidShell law(Eigen::VectorXd::LinSpaced(10, 1.0, last), 12);
        Tile x(12, kTileWidth);
        for (int c = 0; c < kTileWidth; ++c) x.col(c) = Eigen::VectorXd::LinSpaced(12, 0.1, 0.4 + 0.01 * c);
        Tile direction = Tile::Zero(12, kTileWidth);
        direction.row(0).setOnes();
        direction.row(9).setConstant(-1.0);
        Tile values(4, kTileWidth);
        const auto workspace = law.posterior().workspace();
        const long before = test::allocations;
        law.posterior().cumulants(x, Row::Constant(0.5), direction, 4, *workspace, values);
        EXPECT_EQ(test::allocations - before, 0);
    }
}

TEST(ClassPosterior, DoesNotAllocate) {
    const auto law = test::make("points", {{"values", test::rows({{0.0, 1.0}, {1.0, -1.0}, {2.0, 0.5}})},
                                           {"labels", Value(Value::List{"a", "b", "a"})}});
    const auto workspace = law->posterior().workspace();
    const Tile x = Tile::Constant(2, kTileWidth, 0.5);
    const Row sigma = Row::Constant(0.7);
    const Needs needs{true, true, true, true, true};
    PosteriorTile out(2, needs);
    Tile probabilities(2, kTileWidth);
    law->posterior().evaluate(x, sigma, needs, *workspace, out);  // the first time may allocate
    const long before = test::allocations;
    law->posterior().evaluate(x, sigma, needs, *workspace, out);
    law->posterior().class_probabilities(x, sigma, *workspace, probabilities);
    EXPECT_EQ(test::allocations - before, 0);
}

// A workspace carries nothing from one evaluation to the next.
TEST(EveryLaw, ForgetsTheLastEvaluation) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        PosteriorTile out(distribution->dim(), kEverything);
        const auto workspace = distribution->posterior().workspace();
        const auto run = [&](std::int64_t seed) {
            distribution->posterior().evaluate(scattered(*distribution, seed), scattered_sigma(seed), kEverything,
                                               *workspace, out);
        };
        run(1);
        const PosteriorTile first = out;
        run(2);
        run(1);
        for (int c = 0; c < kTileWidth; ++c) expect_same_column(first, c, out, c);
    });
}

void expect_finite(const PosteriorTile& tile, const std::string& what) {
    EXPECT_TRUE(tile.mean.allFinite()) << what;
    EXPECT_TRUE(tile.log_density.isFinite().all()) << what;
    EXPECT_TRUE(tile.trace.isFinite().all()) << what;
    EXPECT_TRUE((tile.entropy.isFinite() && tile.entropy >= 0.0).all()) << what;
    for (const auto& covariance : tile.covariance) EXPECT_TRUE(covariance.allFinite()) << what;
}

TEST(EveryLaw, IsFiniteForFiniteInput) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        for (const double sigma : {1e-300, 1e-160, 1e-30, 1e-8, 1.0, 1e8, 1e30, 1e160, 1e300}) {
            for (const double size : {0.0, 1e-300, 1e-8, 1.0, 1e3, 1e20, 1e150, 1e308}) {
                Tile x = size * scattered(*distribution, 3).array().max(-1.0).min(1.0);
                x.col(0) = law.components.back().mean;  // an exact data point
                x.col(1) = 0.5 * (law.components.back().mean + law.components.front().mean);
                x.col(2).setConstant(size);
                const std::string what = "sigma " + Value(sigma).canonical() + ", |x| " + Value(size).canonical();
                expect_finite(test::evaluate(*distribution, x, Row::Constant(sigma)), what);
                const Tile kappa = cumulants(*distribution, x, Row::Constant(sigma), scattered(*distribution, 9));
                EXPECT_FALSE(kappa.hasNaN()) << what;
                if (size < 1e50) {  // kappa_6 of what lies further apart has no double
                    EXPECT_TRUE(kappa.allFinite()) << what;
                }
            }
        }
    });
}

TEST(EveryLaw, TurnsNanIntoNan) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        Tile x = scattered(*distribution, 4);
        Row sigma = scattered_sigma(4);
        x(0, 3) = std::numeric_limits<double>::quiet_NaN();
        sigma[5] = std::numeric_limits<double>::quiet_NaN();
        const PosteriorTile tile = test::evaluate(*distribution, x, sigma);
        for (const int c : {3, 5}) {
            EXPECT_TRUE(std::isnan(tile.log_density[c]));
            EXPECT_TRUE(tile.mean.col(c).hasNaN());
        }
    });
}

TEST(Posterior, AtAnExactDataPointIsThatPoint) {
    const auto law = test::make("points", {{"values", test::rows({{0.1, 0.7}, {0.3, -0.2}, {5.0, 1.0}})}});
    Tile x = Tile::Zero(2, kTileWidth);
    x.col(0) << 0.3, -0.2;
    const PosteriorTile tile = test::evaluate(*law, x, Row::Constant(1e-3));
    EXPECT_EQ(tile.mean(0, 0), 0.3);
    EXPECT_EQ(tile.mean(1, 0), -0.2);
    EXPECT_EQ(tile.trace[0], 0.0);
    EXPECT_EQ(tile.entropy[0], 0.0);
}

TEST(Posterior, OfAnExactTieSharesTheWeightEvenly) {
    const auto cube = test::make("hypercube", {{"dim", Value(4)}});
    for (const double sigma : {1e-100, 1e-3, 1.0, 1e3}) {
        const PosteriorTile tile = test::evaluate(*cube, Tile::Zero(4, kTileWidth), Row::Constant(sigma));
        EXPECT_NEAR(tile.entropy[0], 4 * std::log(2.0), 1e-14);
        EXPECT_LT(tile.mean.col(0).norm(), 1e-15);
        EXPECT_NEAR(tile.trace[0], 4.0, 1e-14);
    }
}

TEST(Sample, PadsWithTheLastParticleAndIsKeyedByParticle) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        Tile whole;
        Tile part;
        distribution->sample({4, 2}, {64, kTileWidth}, whole);
        distribution->sample({4, 2}, {70, 3}, part);
        for (int c = 0; c < kTileWidth; ++c) EXPECT_EQ(part.col(c), whole.col(6 + std::min(c, 2)));
        Tile other;
        distribution->sample({5, 2}, {64, kTileWidth}, other);
        if (distribution->moments().covariance.trace() > 0.0) {
            EXPECT_NE(other, whole);
        }
    });
}

TEST(Cost, GrowsWithWhatIsNeededAndIsLinearInTheWidth) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        const Denoiser& denoiser = distribution->posterior();
        const Work mean = denoiser.cost({}, 1);
        const Work trace = denoiser.cost({false, true, false, false}, 1);
        const Work covariance = denoiser.cost({false, false, true, false}, 1);
        const Work density = denoiser.cost({true, false, false, false}, 1);
        EXPECT_GT(mean.flops, 0.0);
        // The components of a product are those of its factors multiplied, its cost is theirs added.
        if (kind != "product") {
            EXPECT_GE(mean.exps, static_cast<double>(std::max<std::size_t>(1, law.components.size() - 1)));
        }
        EXPECT_GT(trace.flops, mean.flops);
        if (distribution->dim() > 1) {
            EXPECT_GT(covariance.flops, trace.flops);
        }
        EXPECT_GT(density.exps, mean.exps);
        EXPECT_EQ(denoiser.cost({}, 32).flops, 32 * mean.flops);
    });
}

}  // namespace
}  // namespace sigmaflow
