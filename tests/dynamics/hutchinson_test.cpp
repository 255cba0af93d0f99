// Likelihoods from random probes against those from the exact trace of the same solver.
#include <gtest/gtest.h>

#include <cmath>

#include "dynamics/line_mixture.hpp"
#include "dynamics/support.hpp"
#include "sigmaflow/dynamics/hutchinson.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::make_model;
using testing_support::regression_slope;
using testing_support::run_block;

/// Eight Gaussians on a ring in the first two of six dimensions, turned so that no axis of space is one of C.
PointModel ring_model(const char* solver, int steps, int probes) {
    Value::List rows;
    for (int i = 0; i < 6; ++i) {
        Value::List row;
        for (int j = 0; j < 6; ++j) row.emplace_back((i == j ? 1.0 : 0.0) - 1.0 / 3.0);  // a reflection
        rows.emplace_back(row);
    }
    const Value ring(Value::Table{{"kind", "ring"}, {"dim", 6}, {"count", 8}, {"radius", 2.0}, {"width", 0.3}});
    PointModel model = make_model("affine", {{"of", ring}, {"matrix", rows}}, "edm",
                                  {{"steps", steps}, {"sigma_min", 0.05}, {"sigma_max", 20.0}}, solver, {"likelihood"});
    model.observables.push_back(std::make_shared<HutchinsonLikelihood>(probes));
    model.observables.push_back(std::make_shared<HutchinsonError>(probes));
    return model;
}

// With random signs v^T J v = tr J for every diagonal J: no spread at all.
TEST(Hutchinson, IsExactForDiagonalJacobians) {
    for (const char* solver : {"heun", "ab4", "dpmpp_3m", "dopri5"}) {
        const PointModel model =
            make_model("gaussian", {{"variances", Value::List{4.0, 1.0, 0.0}}}, "edm", {{"steps", 20}}, solver,
                       {"likelihood", "likelihood_hutchinson", "likelihood_hutchinson_error"});
        const BlockBuffer block = run_block(model, 40);
        for (int level = 0; level < 20; ++level) {
            for (std::size_t p = 0; p < 40; ++p) {
                EXPECT_NEAR(block.values(1, level, 0)[p], block.values(0, level, 0)[p], 1e-12) << solver;
                EXPECT_LE(block.values(2, level, 0)[p], 1e-13) << solver;
            }
        }
    }
}

TEST(Hutchinson, IsUnbiasedWithErrorBarsThatCover) {
    constexpr int particles = 2048, probes = 64;
    const PointModel model = ring_model("heun", 18, probes);
    ASSERT_EQ(model.mismatch(), "");
    const BlockBuffer block = run_block(model, particles);
    double sum = 0.0, squares = 0.0;
    int covered = 0;
    for (std::size_t p = 0; p < particles; ++p) {
        const double error = block.values(1, 17, 0)[p] - block.values(0, 17, 0)[p];
        const double bar = block.values(2, 17, 0)[p];
        sum += error;
        squares += bar * bar;
        covered += std::abs(error) <= 1.9983405425207412 * bar ? 1 : 0;  // Student's t, 63 degrees of freedom, 95 %
    }
    const double bias = std::abs(sum) / std::sqrt(squares);
    const double coverage = static_cast<double>(covered) / particles;
    claim("hutchinson-bias", bias);
    claim("hutchinson-coverage", coverage);
    EXPECT_LE(bias, 3.3);               // standard errors: alpha = 1e-3
    EXPECT_NEAR(coverage, 0.95, 0.02);  // 0.5 % by counting; v^T J v is no Gaussian: 93 % with 16
    EXPECT_GT(squares / particles, 1e-4);
}

// All off-diagonal elements of J have one sign here: signs that are not balanced would show in the mean.
TEST(Hutchinson, IsUnbiasedWhereEveryPairOfSignsCounts) {
    constexpr std::size_t particles = 1024;
    Value::List rows;
    for (int i = 0; i < 6; ++i) {
        Value::List row;
        for (int j = 0; j < 6; ++j) row.emplace_back(i == j ? 1.0 : 0.9);
        rows.emplace_back(row);
    }
    const PointModel model = make_model("gaussian", {{"covariance", rows}}, "edm", {{"steps", 12}}, "heun",
                                        {"likelihood", "likelihood_hutchinson", "likelihood_hutchinson_error"});
    const BlockBuffer block = run_block(model, particles);
    double sum = 0.0, squares = 0.0;
    for (std::size_t p = 0; p < particles; ++p) {
        sum += block.values(1, 11, 0)[p] - block.values(0, 11, 0)[p];
        squares += std::pow(block.values(2, 11, 0)[p], 2);
    }
    EXPECT_LE(std::abs(sum), 3.3 * std::sqrt(squares));
}

// Four times the probes, half the error bar; and quantities that ask for fewer share the first ones.
TEST(Hutchinson, ErrorBarsShrinkWithTheRootOfTheProbes) {
    const auto mean_square = [](const BlockBuffer& block, std::size_t field) {
        double sum = 0.0;
        for (const double bar : block.values(field, 9, 0)) sum += bar * bar;
        return sum;
    };
    PointModel few = ring_model("euler", 10, 8);
    PointModel many = ring_model("euler", 10, 32);
    many.observables.push_back(std::make_shared<HutchinsonLikelihood>(8));
    const BlockBuffer a = run_block(few, 512), b = run_block(many, 512);
    EXPECT_NEAR(std::sqrt(mean_square(a, 2) / mean_square(b, 2)), 2.0, 0.06);  // 1.2 % by counting
    for (std::size_t p = 0; p < 512; ++p) EXPECT_EQ(b.values(3, 9, 0)[p], a.values(1, 9, 0)[p]);
}

// Every estimate is integrated to the solver's order: the probes stay, so a finer grid has a limit.
TEST(Hutchinson, HasTheSolversOrder) {
    const BlockBuffer limit = run_block(ring_model("rk4", 1601, 2), 32);
    for (const auto& [solver, order] :
         std::vector<std::pair<const char*, double>>{{"euler", 1}, {"heun", 2}, {"dpmpp_2m", 2}, {"ab3", 3}}) {
        const std::vector<int> counts = {100, 200, 400};
        std::vector<double> errors;
        for (const int n : counts) {
            const BlockBuffer block = run_block(ring_model(solver, n + 1, 2), 32);
            double sum = 0.0;
            for (std::size_t p = 0; p < 32; ++p) {
                sum += std::pow(block.values(1, n, 0)[p] - limit.values(1, 1600, 0)[p], 2);
            }
            errors.push_back(std::sqrt(sum));
        }
        EXPECT_NEAR(regression_slope(counts, errors), -order, 0.2) << solver;
    }
}

TEST(Hutchinson, DoesNotDependOnTheBatch) {
    for (const char* solver : {"heun", "dpmpp_3m", "dopri5"}) {
        const PointModel model = ring_model(solver, 8, 4);
        const BlockBuffer block = run_block(model, 45);
        BlockBuffer alone(model.fields(), 8, 1);
        TrajectoryRunner(model).run({37, 1}, 0, alone);
        for (std::size_t field = 0; field < 3; ++field) {
            EXPECT_EQ(alone.values(field, 7, 0)[0], block.values(field, 7, 0)[37]) << solver;
        }
        EXPECT_NE(block.values(2, 7, 0)[36], block.values(2, 7, 0)[37]);
    }
}

TEST(Hutchinson, NamesWhatDoesNotFit) {
    const auto mismatch = [](const char* solver) {
        return make_model("gaussian", {{"dim", 2}}, "edm", {{"steps", 4}}, solver, {"likelihood_hutchinson"})
            .mismatch();
    };
    EXPECT_EQ(mismatch("heun"), "");
    EXPECT_NE(mismatch("exact").find("steps along the flow"), std::string::npos);
    EXPECT_NE(mismatch("marginal").find("steps along the flow"), std::string::npos);
    EXPECT_NE(mismatch("taylor3").find("another solver"), std::string::npos);
}

}  // namespace
}  // namespace sigmaflow
