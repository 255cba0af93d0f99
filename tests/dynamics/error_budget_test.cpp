// The error of a solver explained by its local errors: exactly on Gaussian data, to first order elsewhere.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "dynamics/line_mixture.hpp"
#include "dynamics/support.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::make_model;
using testing_support::regression_slope;
using testing_support::run_block;

const std::vector<std::string> kErrors = {"global_error", "predicted_error", "error_budget", "positions"};

PointModel plane_model(const char* solver, int steps, const char* direction = "down") {
    return make_model(
        "gaussian_mixture",
        {{"weights", Value::List{0.3, 0.5, 0.2}},
         {"means", Value::List{Value::List{-1.2, 0.3}, Value::List{0.6, 0.9}, Value::List{0.5, -1.1}}},
         {"covariances", Value::List{Value::List{Value::List{0.4, 0.1}, Value::List{0.1, 0.2}},
                                     Value::List{Value::List{0.2, -0.1}, Value::List{-0.1, 0.3}},
                                     Value::List{Value::List{0.5, 0.0}, Value::List{0.0, 0.2}}}}},
        "edm",
        {{"steps", steps + 1}, {"grid", "log"}, {"sigma_min", 0.1}, {"sigma_max", 5.0}, {"direction", direction}},
        solver, kErrors);
}

PointModel gaussian_model(const char* solver, const char* schedule = "edm", const Value::Table& more = {}) {
    Value::Table clock = {{"steps", 20}, {"sigma_min", 0.02}, {"sigma_max", 20.0}};
    clock.insert(clock.end(), more.begin(), more.end());
    return make_model("gaussian", {{"covariance", Value::List{Value::List{2.0, 0.9}, Value::List{0.9, 0.5}}}}, schedule,
                      clock, solver, kErrors);
}

/// Root mean square over the particles.
double size(const BlockBuffer& block, std::size_t field, int level, int rank) {
    double sum = 0.0;
    for (const double value : block.values(field, level, rank)) sum += value * value;
    return std::sqrt(sum / block.particles());
}

// A linear flow carries local errors as they are: prediction and measurement are one number, at every level, for
// every method, with memory or without, in either direction and in scaled coordinates.
TEST(ErrorBudget, OnAGaussianThePredictionIsTheError) {
    double worst = 0.0;
    const auto judge = [&](const PointModel& model) {
        ASSERT_EQ(model.mismatch(), "");
        const BlockBuffer block = run_block(model, 40);
        for (int level = 0; level < block.levels(); ++level) {
            const double scale = model.grid.front() + model.grid.back();  // of x, at one end
            for (std::size_t p = 0; p < 40; ++p) {
                for (int k = 0; k < 2; ++k) {
                    const double difference = block.values(0, level, k)[p] - block.values(1, level, k)[p];
                    worst = std::max(worst, std::abs(difference) / scale);
                    EXPECT_GE(block.values(1, level, k)[p], 0.0);
                }
            }
        }
        EXPECT_GT(size(block, 0, block.levels() - 1, 0), 1e-6);
    };
    for (const char* solver : {"euler", "heun", "ab3", "dpmpp_3m", "taylor2"}) {
        judge(gaussian_model(solver));
        judge(gaussian_model(solver, "edm", {{"direction", "up"}}));
    }
    judge(gaussian_model("heun", "vp", {{"coordinates", "scaled"}}));
    claim("error-budget-gaussian", worst);
    EXPECT_LE(worst, 1e-14);
}

// The parts at the end add up to the prediction there; levels before the first step have none.
TEST(ErrorBudget, AddsUp) {
    for (const auto& model : {gaussian_model("heun"), plane_model("ab2", 24)}) {
        const BlockBuffer block = run_block(model, 40);
        const int last = block.levels() - 1;
        for (std::size_t p = 0; p < 40; ++p) {
            for (int k = 0; k < 2; ++k) {
                double sum = 0.0;
                for (int level = 0; level <= last; ++level) sum += block.values(2, level, k)[p];
                EXPECT_NEAR(sum, block.values(1, last, k)[p], 1e-13);
                EXPECT_EQ(block.values(2, 0, k)[p], 0.0);
            }
        }
    }
}

// Euler on N(0, v): the local error of a step, times the exact factor from there to the end.
TEST(ErrorBudget, PartsAreLocalErrorsCarriedToTheEnd) {
    const PointModel model = make_model("gaussian", {{"variances", Value::List{0.5}}}, "edm",
                                        {{"steps", 12}, {"sigma_min", 0.1}, {"sigma_max", 10.0}}, "euler", kErrors);
    const BlockBuffer block = run_block(model, 40);
    const auto& sigma = model.grid;
    const auto spread = [](double s) { return std::sqrt(s * s + 0.5); };
    for (std::size_t p = 0; p < 40; ++p) {
        const double x0 = block.values(3, 0, 0)[p];
        const double sign = block.values(3, 11, 0)[p] > x0 * spread(0.1) / spread(10.0) ? 1.0 : -1.0;
        for (std::size_t i = 1; i < sigma.size(); ++i) {
            const double x = block.values(3, static_cast<int>(i) - 1, 0)[p];
            const double local =
                block.values(3, static_cast<int>(i), 0)[p] - x * spread(sigma[i]) / spread(sigma[i - 1]);
            const double carried = local * spread(sigma.back()) / spread(sigma[i]);
            EXPECT_NEAR(block.values(2, static_cast<int>(i), 0)[p], sign * carried, 1e-13);
        }
    }
}

// Levels that the grid has no sigma for are skipped, not forgotten.
TEST(ErrorBudget, SparseLevelsCollectAllStepsBetweenThem) {
    PointModel dense = plane_model("heun", 24), sparse = plane_model("heun", 24);
    auto grid = sparse.grid;
    sparse.lay_route(grid, {grid[6], grid[6] * 0.999, grid[15], grid[24]});
    const BlockBuffer a = run_block(dense, 32), b = run_block(sparse, 32);
    ASSERT_TRUE(std::isnan(sparse.levels.sigma[1]));
    const int ends[] = {0, 6, 6, 15, 24};
    for (std::size_t p = 0; p < 32; ++p) {
        for (int k = 0; k < 2; ++k) {
            for (const int level : {0, 2, 3}) {
                double sum = 0.0;
                for (int i = ends[level] + (level > 0 ? 1 : 0); i <= ends[level + 1]; ++i) {
                    sum += a.values(2, i, k)[p];
                }
                EXPECT_NEAR(b.values(2, level, k)[p], sum, 1e-14);
            }
            EXPECT_TRUE(std::isnan(b.values(2, 1, k)[p]));
        }
    }
}

// On a mixture prediction and error differ in second order: twice the order of the method.
TEST(ErrorBudget, OnAMixtureThePredictionIsRightToSecondOrder) {
    const std::vector<int> counts = {64, 128, 256};
    double at_64 = 0.0;
    for (const auto& [solver, order] :
         std::vector<std::pair<const char*, double>>{{"euler", 1}, {"heun", 2}, {"ab2", 2}, {"dpmpp_2m", 2}}) {
        std::vector<double> differences;
        for (const int n : counts) {
            const BlockBuffer block = run_block(plane_model(solver, n), 128);
            double sum = 0.0, all = 0.0;
            for (int k = 0; k < 2; ++k) {
                for (std::size_t p = 0; p < 128; ++p) {
                    sum += std::pow(block.values(0, n, k)[p] - block.values(1, n, k)[p], 2);
                    all += std::pow(block.values(0, n, k)[p], 2);
                }
            }
            differences.push_back(std::sqrt(sum));
            if (n == 64) {
                EXPECT_LE(std::sqrt(sum / all), 0.03) << solver;
                at_64 = std::max(at_64, std::sqrt(sum / all));
            }
        }
        EXPECT_NEAR(regression_slope(counts, differences), -2.0 * order, 0.3) << solver;
    }
    claim("error-budget-mixture", at_64);
}

TEST(ErrorBudget, ChangesNothingElse) {
    for (const char* solver : {"heun", "ab4", "dopri5"}) {
        PointModel plain = plane_model(solver, 10);
        plain.observables = {plain.observables.back()};
        const PointModel explained = plane_model(solver, 10);
        const BlockBuffer a = run_block(plain, 45), b = run_block(explained, 45);
        BlockBuffer alone(explained.fields(), b.levels(), 1);
        TrajectoryRunner(explained).run({37, 1}, 0, alone);
        for (int level = 0; level < b.levels(); ++level) {
            for (int i = 0; i < 2; ++i) {
                for (std::size_t p = 0; p < 45; ++p) EXPECT_EQ(a.values(0, level, i)[p], b.values(3, level, i)[p]);
                for (std::size_t field = 0; field < 4; ++field) {
                    EXPECT_EQ(alone.values(field, level, i)[0], b.values(field, level, i)[37]) << solver;
                }
            }
        }
    }
}

TEST(ErrorBudget, NamesWhatDoesNotFit) {
    EXPECT_NE(plane_model("marginal", 4).mismatch().find("follows the flow"), std::string::npos);
    EXPECT_NE(plane_model("heun", 4, "round_trip").mismatch().find("up or down"), std::string::npos);
    const PointModel large = make_model("gaussian", {{"dim", 257}}, "edm", {{"steps", 4}}, "heun", kErrors);
    EXPECT_NE(large.mismatch().find("256"), std::string::npos);
    PointModel plain = plane_model("heun", 20);
    const double explained = plain.cost(kTileWidth).flops;
    plain.observables = {plain.observables.back()};
    EXPECT_GT(explained, 20.0 * plain.cost(kTileWidth).flops);
}

}  // namespace
}  // namespace sigmaflow
