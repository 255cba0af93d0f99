// Levels, failures, marginals and statistics of a block.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "dynamics/support.hpp"
#include "sigmaflow/dynamics/statistics.hpp"

namespace sigmaflow {
namespace {

using testing_support::make_model;
using testing_support::run_block;

TEST(RecordedLevels, TakeTheNearestGridSigmaOnce) {
    const std::vector<double> grid = {10.0, 1.0, 0.1, 0.0};
    const auto levels = recorded_levels(grid, {10.0, 4.0, 2.0, 0.9, 0.1});
    EXPECT_EQ(levels.level_of_sigma, (std::vector<int>{0, 3, 4, -1}));
    EXPECT_EQ(levels.sigma[0], 10.0);
    EXPECT_TRUE(std::isnan(levels.sigma[1]));  // 4 is nearer to 10, which 10 itself has
    EXPECT_TRUE(std::isnan(levels.sigma[2]));  // 2 is nearer to 1, but 0.9 is nearer still
    EXPECT_EQ(levels.sigma[3], 1.0);
    EXPECT_EQ(levels.sigma[4], 0.1);
}

TEST(Marginal, IsTheSameDrawAtEveryLevel) {
    const PointModel model = make_model("ring", {{"count", 5}}, "edm", {{"steps", 6}}, "marginal", {"positions"});
    const BlockBuffer block = run_block(model, 33);
    for (std::size_t p = 0; p < 33; ++p) {
        for (int i = 0; i < 2; ++i) {
            // x = x0 + sigma n is linear in sigma: three levels lie on one line.
            const double a = block.values(0, 0, i)[p], b = block.values(0, 2, i)[p], c = block.values(0, 5, i)[p];
            const auto& s = model.levels.sigma;
            EXPECT_NEAR((b - c) / (s[2] - s[5]), (a - c) / (s[0] - s[5]), 1e-12 * std::abs(a));
        }
    }
}

// tr C averaged over p_sigma is the mmse: for one Gaussian it is the same number for every particle.
TEST(Observables, MmseAndEntropyOfOneGaussian) {
    const PointModel model = make_model("gaussian", {{"dim", 2}, {"variances", Value::List{4.0, 0.25}}}, "edm",
                                        {{"steps", 6}}, "marginal", {"mmse", "entropy"});
    const BlockBuffer block = run_block(model, 32);
    for (int level = 0; level < 6; ++level) {
        const double s2 = std::pow(model.levels.sigma[static_cast<std::size_t>(level)], 2);
        const double expected = s2 * (4.0 / (4.0 + s2) + 0.25 / (0.25 + s2));
        for (const double v : block.values(0, level, 0)) EXPECT_NEAR(v, expected, 1e-13 * expected);
        for (const double v : block.values(1, level, 0)) EXPECT_EQ(v, 0.0);
    }
}

// Far out the posterior over classes is the prior; close in every particle has found its class.
TEST(Observables, ClassEntropyFallsFromThePriorToZero) {
    const Value points(Value::List{Value(Value::List{-1.0}), Value(Value::List{0.5}), Value(Value::List{1.0})});
    const Value::Table law{{"values", points}, {"labels", Value(Value::List{"left", "right", "right"})}};
    const PointModel model = make_model("points", law, "edm", {{"steps", 9}, {"sigma_max", 1e6}, {"sigma_min", 1e-3}},
                                        "heun", {"class_entropy", "entropy"});
    EXPECT_EQ(model.mismatch(), "");
    const BlockBuffer block = run_block(model, 40);
    const double prior = std::log(3.0) - 2.0 / 3.0 * std::log(2.0);
    for (const double v : block.values(0, 0, 0)) EXPECT_NEAR(v, prior, 1e-5);
    for (const double v : block.values(0, 8, 0)) EXPECT_EQ(v, 0.0);
    for (int level = 0; level < 9; ++level) {
        for (std::size_t p = 0; p < 40; ++p) {
            EXPECT_LE(block.values(0, level, 0)[p], block.values(1, level, 0)[p] * (1.0 + 1e-14));
        }
    }
    const PointModel unlabelled = make_model("ring", {}, "edm", {{"steps", 3}}, "heun", {"class_entropy"});
    EXPECT_EQ(unlabelled.mismatch(), "'class_entropy' needs a distribution with class labels");
}

// The numbers of a particle do not depend on how particles are cut into tiles.
TEST(Trajectories, ParticlesDoNotDependOnTheirTile) {
    const PointModel model = make_model("ring", {{"count", 5}, {"width", 0.1}}, "edm", {{"steps", 8}}, "heun",
                                        {"positions", "spectrum", "likelihood"});
    const BlockBuffer together = run_block(model, 70);
    BlockBuffer apart(model.fields(), 8, 70);
    TrajectoryRunner runner(model);
    for (int p = 69; p >= 0; --p) runner.run({p, 1}, p, apart);
    for (std::size_t field = 0; field < 3; ++field) {
        for (int level = 0; level < 8; ++level) {
            for (int i = 0; i < together.fields()[field].components; ++i) {
                for (std::size_t p = 0; p < 70; ++p) {
                    EXPECT_EQ(together.values(field, level, i)[p], apart.values(field, level, i)[p]);
                }
            }
        }
    }
}

TEST(BlockBuffer, FailedParticlesLeaveTheStatisticsFromThereOn) {
    const Field field{"x", "1", "", "", 1, {}};
    BlockBuffer block({field}, 3, 4);
    Tile values = Tile::Zero(1, kTileWidth);
    for (int level = 0; level < 3; ++level) {
        for (int p = 0; p < 4; ++p) values(0, p) = p + 10.0 * level;
        block.store(0, level, 0, 4, values);
    }
    block.fail(3, ParticleStatus::non_finite, 1);
    const auto statistics = field_statistics(block, 0, BinIndex(field.bins));
    EXPECT_EQ(valid_counts(block, std::vector<double>{3.0, 2.0, 1.0}), (std::vector<std::uint32_t>{4, 3, 3}));
    EXPECT_EQ(statistics.mean, (std::vector<double>{1.5, 11.0, 21.0}));
    EXPECT_EQ(statistics.m2, (std::vector<double>{5.0, 2.0, 2.0}));
    EXPECT_EQ(statistics.max, (std::vector<double>{3.0, 12.0, 22.0}));
    EXPECT_EQ(std::accumulate(statistics.bins.begin(), statistics.bins.end(), 0), 10);
    EXPECT_EQ(block.status(3), ParticleStatus::non_finite);
}

TEST(PointModel, NamesWhatDoesNotFitTogether) {
    EXPECT_EQ(make_model("gaussian", {{"dim", 1}}, "edm", {}, "exact", {"likelihood"}).mismatch(), "");
    EXPECT_NE(make_model("ring", {}, "edm", {}, "exact", {"positions"}).mismatch(), "");
    EXPECT_NE(make_model("ring", {}, "edm", {}, "marginal", {"likelihood"}).mismatch(), "");
}

}  // namespace
}  // namespace sigmaflow
