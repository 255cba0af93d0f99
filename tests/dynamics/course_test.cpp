// The ways along a grid: up, round trips, the Gaussian start, scaled coordinates.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "dynamics/line_mixture.hpp"
#include "dynamics/support.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::LineMixture;
using testing_support::make_model;
using testing_support::regression_slope;
using testing_support::run_block;

const LineMixture law = {{{0.3L, -1.2L, 0.5L}, {0.5L, 0.4L, 0.4L}, {0.2L, 1.6L, 0.7L}}};
const Value::Table gaussian = {{"dim", 2}, {"variances", Value::List{4.0, 0.25}}};

/// prod_i cos(phi_i - phi_{i+1}), phi = atan(sigma / c): what Euler's method misses on N(0, c^2), either way.
double euler_factor(const std::vector<double>& grid, double c) {
    double product = 1.0;
    for (std::size_t i = 1; i < grid.size(); ++i)
        product *= std::cos(std::atan(grid[i - 1] / c) - std::atan(grid[i] / c));
    return product;
}

TEST(Courses, UpStartsAtTheDataAndRecordsInItsOwnOrder) {
    const PointModel up = make_model("gaussian", gaussian, "edm", {{"steps", 20}, {"direction", "up"}}, "euler",
                                     {"positions", "likelihood"});
    EXPECT_TRUE(std::is_sorted(up.levels.sigma.begin(), up.levels.sigma.end()));
    const BlockBuffer block = run_block(up, 40);
    const double first = up.grid.front(), last = up.grid.back();
    EXPECT_EQ(first, 0.002);
    Tile data;
    up.distribution->sample(up.key, {0, 32}, data);
    for (int i = 0; i < 2; ++i) {
        const double v = i == 0 ? 4.0 : 0.25;
        const double exact = std::sqrt((last * last + v) / (first * first + v)) * euler_factor(up.grid, std::sqrt(v));
        for (std::size_t p = 0; p < 32; ++p) {
            const double start = block.values(0, 0, i)[p];
            EXPECT_NEAR(start, data(i, static_cast<Eigen::Index>(p)), 5.0 * first);
            EXPECT_NEAR(block.values(0, 19, i)[p], exact * start, 1e-12 * std::abs(exact * start));
        }
    }
}

TEST(Courses, LikelihoodGoesUpToo) {
    const PointModel up = make_model("gaussian", gaussian, "edm", {{"steps", 20}, {"direction", "up"}}, "exact",
                                     {"likelihood", "log_density"});
    const BlockBuffer block = run_block(up, 40);
    for (int level = 0; level < 20; ++level) {
        for (std::size_t p = 0; p < 40; ++p) {
            const double expected = block.values(1, level, 0)[p];
            EXPECT_NEAR(block.values(0, level, 0)[p], expected, 1e-13 * std::max(1.0, std::abs(expected)));
        }
    }
}

// Up and down again, Euler misses by the same factor twice.
TEST(Courses, RoundTripErrorOfEulerIsKnown) {
    const PointModel trip = make_model("gaussian", {{"dim", 1}, {"variances", Value::List{4.0}}}, "edm",
                                       {{"steps", 30}, {"direction", "round_trip"}}, "euler",
                                       {"round_trip_error", "positions", "steps", "evaluations"});
    const BlockBuffer block = run_block(trip, 33);
    for (std::size_t p = 0; p < 33; ++p) {
        EXPECT_EQ(block.values(0, 0, 0)[p], 0.0);
        const double end = block.values(1, 29, 0)[p];
        const double factor = std::pow(euler_factor(trip.grid, 2.0), 2);
        EXPECT_NEAR(block.values(0, 29, 0)[p], std::abs(end) * (1.0 / factor - 1.0), 1e-13 * std::abs(end / factor));
        EXPECT_EQ(block.values(2, 29, 0)[p], 58.0);
        EXPECT_EQ(block.values(3, 29, 0)[p], 58.0);
    }
}

// A one-step method of even order p comes back to order p + 1: the leading error is odd in h and undoes itself.
TEST(Courses, RoundTripErrorHasItsOrder) {
    for (const auto& [solver, order] : std::vector<std::pair<const char*, double>>{{"euler", 1.0},
                                                                                   {"heun", 3.0},
                                                                                   {"midpoint", 3.0},
                                                                                   {"rk4", 5.0},
                                                                                   {"ab3", 3.0},
                                                                                   {"dpmpp_3m_corrected", 3.0}}) {
        const std::vector<int> counts = {64, 128, 256};
        std::vector<double> errors;
        for (const int n : counts) {
            const PointModel trip =
                make_model("gaussian_mixture", law.parameters(), "edm",
                           {{"steps", n + 1}, {"sigma_min", 0.1}, {"sigma_max", 10.0}, {"direction", "round_trip"}},
                           solver, {"round_trip_error"});
            const BlockBuffer block = run_block(trip, 32);
            double sum = 0.0;
            for (const double error : block.values(0, n, 0)) sum += error * error;
            errors.push_back(std::sqrt(sum));
        }
        EXPECT_NEAR(regression_slope(counts, errors), -order, 0.15) << solver;
    }
}

TEST(Courses, RoundTripOfDopri5IsWithinItsTolerance) {
    const PointModel trip = make_model("ring", {{"count", 5}, {"width", 0.1}}, "edm",
                                       {{"steps", 5}, {"direction", "round_trip"}, {"sigma_max", 10.0}}, "dopri5",
                                       {"round_trip_error"}, {{"rtol", 1e-9}, {"atol", 1e-9}});
    const BlockBuffer block = run_block(trip, 64);
    double worst = 0.0;
    for (int level = 0; level < 5; ++level) {
        for (const double error : block.values(0, level, 0)) worst = std::max(worst, error);
    }
    claim("dopri5-round-trip", worst);
    EXPECT_LE(worst, 1e-6);
    EXPECT_GE(worst, 1e-12);
}

TEST(Courses, GaussianStartIsThePrior) {
    const auto model = [](const char* start) {
        return make_model("gaussian", gaussian, "edm", {{"steps", 4}, {"start", start}}, "heun",
                          {"positions", "likelihood"});
    };
    const PointModel exact = model("exact"), prior = model("gaussian");
    const BlockBuffer a = run_block(exact, 32), b = run_block(prior, 32);
    Tile data;
    exact.distribution->sample(exact.key, {0, 32}, data);
    for (std::size_t p = 0; p < 32; ++p) {
        double square = 0.0;
        for (int i = 0; i < 2; ++i) {
            const double difference = a.values(0, 0, i)[p] - b.values(0, 0, i)[p];
            EXPECT_NEAR(difference, data(i, static_cast<Eigen::Index>(p)), 1e-13);
            square += std::pow(b.values(0, 0, i)[p], 2);
        }
        const double variance = 80.0 * 80.0;
        EXPECT_NEAR(b.values(1, 0, 0)[p], -square / (2.0 * variance) - std::log(2.0 * std::numbers::pi * variance),
                    1e-13);
    }
}

/// Euler's method on dy/dt = f y - g^2/2 grad ln p_t(y) with p_t = N(0, s^2 (v + sigma^2)), from the schedule's (f, g).
long double euler_in_time(const Schedule& schedule, const std::vector<double>& grid, double v, long double x) {
    long double y = schedule.at(schedule.t_of_sigma(grid.front())).s * x;
    for (std::size_t i = 1; i < grid.size(); ++i) {
        const double t = schedule.t_of_sigma(grid[i - 1]);
        const Scale scale = schedule.at(t);
        const Coefficients k = schedule.coefficients(t);
        const double score = -1.0 / (scale.s * scale.s * (v + scale.sigma * scale.sigma));
        y += (schedule.t_of_sigma(grid[i]) - t) * (k.f - 0.5 * k.g * k.g * score) * y;
    }
    return y / schedule.at(schedule.t_of_sigma(grid.back())).s;
}

TEST(Courses, ScaledEulerIsEulerOnTheSchedulesOwnEquation) {
    for (const char* schedule : {"vp", "subvp", "ou", "ve", "sqrt", "edm"}) {
        const PointModel model = make_model("gaussian", {{"dim", 1}, {"variances", Value::List{0.25}}}, schedule,
                                            {{"steps", 40}, {"coordinates", "scaled"}}, "euler", {"positions"});
        const BlockBuffer block = run_block(model, 32);
        for (std::size_t p = 0; p < 32; ++p) {
            const double start = block.values(0, 0, 0)[p];
            const auto expected = static_cast<double>(euler_in_time(*model.schedule, model.grid, 0.25, start));
            EXPECT_NEAR(block.values(0, 39, 0)[p], expected, 1e-11 * std::abs(expected)) << schedule;
        }
    }
}

// In y and t the methods keep their orders, and the likelihood is still that of x.
TEST(Courses, ScaledSolversKeepTheirOrders) {
    const std::vector<int> counts = {128, 256, 512};
    for (const auto& [solver, order] : std::vector<std::pair<const char*, double>>{
             {"euler", 1}, {"heun", 2}, {"midpoint", 2}, {"rk4", 4}, {"ab2", 2}, {"ab3", 3}, {"ab4", 4}}) {
        for (const char* schedule : {"vp", "ou"}) {
            std::vector<double> x, likelihood;
            for (const int n : counts) {
                const PointModel model = make_model("gaussian_mixture", law.parameters(), schedule,
                                                    {{"steps", n + 1},
                                                     {"grid", "log"},
                                                     {"coordinates", "scaled"},
                                                     {"sigma_min", 0.1},
                                                     {"sigma_max", 5.0}},
                                                    solver, {"positions", "likelihood"});
                const BlockBuffer block = run_block(model, 32);
                double sum = 0.0, sum_likelihood = 0.0;
                for (std::size_t p = 0; p < 32; ++p) {
                    const long double exact = law.flow(block.values(0, 0, 0)[p], model.grid.front(), model.grid.back());
                    sum += std::pow(block.values(0, n, 0)[p] - static_cast<double>(exact), 2);
                    const auto density = static_cast<double>(std::log(law.density(exact, model.grid.back())));
                    sum_likelihood += std::pow(block.values(1, n, 0)[p] - density, 2);
                }
                x.push_back(std::sqrt(sum));
                likelihood.push_back(std::sqrt(sum_likelihood));
            }
            EXPECT_NEAR(regression_slope(counts, x), -order, 0.15) << solver << " " << schedule;
            EXPECT_NEAR(regression_slope(counts, likelihood), -order, 0.15) << solver << " " << schedule;
        }
    }
}

TEST(Courses, NamesWhatDoesNotFitTogether) {
    const auto mismatch = [](const Value::Table& clock, const char* schedule, const char* solver,
                             const char* quantity) {
        return make_model("gaussian", {{"dim", 1}}, schedule, clock, solver, {quantity}).mismatch();
    };
    EXPECT_NE(mismatch({{"coordinates", "scaled"}}, "vp", "dpmpp_2m", "positions"), "");
    EXPECT_NE(mismatch({{"coordinates", "scaled"}}, "vp", "dopri5", "positions"), "");
    EXPECT_EQ(mismatch({{"coordinates", "scaled"}}, "vp", "ab4", "positions"), "");
    EXPECT_NE(mismatch({{"direction", "round_trip"}}, "edm", "marginal", "positions"), "");
    EXPECT_NE(mismatch({{"start", "gaussian"}}, "edm", "marginal", "positions"), "");
    EXPECT_NE(mismatch({}, "edm", "heun", "round_trip_error"), "");
    EXPECT_EQ(mismatch({{"direction", "round_trip"}}, "edm", "heun", "round_trip_error"), "");
}

}  // namespace
}  // namespace sigmaflow
