// The order of every solver of the flow, measured against exact solutions.
#include <gtest/gtest.h>

#include <cmath>

#include "dynamics/line_mixture.hpp"
#include "dynamics/support.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::LineMixture;
using testing_support::make_model;
using testing_support::regression_slope;

// The one table: law, sigma range, grids and steps are the same for all solvers. The law is a mixture, because the
// odd error terms of a Gaussian cancel; the range is wide, so that errors stay above rounding. Pairs of order 5 have
// fewer steps (they are at rounding with more) and the even grid (on the other one their terms of order 6 still show).
const LineMixture law = {{{0.3L, -1.2L, 0.5L}, {0.5L, 0.4L, 0.4L}, {0.2L, 1.6L, 0.7L}}};
constexpr double kSigmaMax = 50.0;
constexpr double kSigmaMin = 0.05;
const std::vector<int> kSteps = {64, 128, 256, 512, 1024};
const std::vector<int> kPairSteps = {128, 160, 192, 224, 256};
const std::vector<const char*> kGrids = {"log", "rho"};
const std::vector<const char*> kPairGrids = {"log"};
struct SolverOrder {
    const char* solver;
    int order;
};
const std::vector<SolverOrder> kOrders = {{"euler", 1},    {"heun", 2},     {"midpoint", 2}, {"dpm2", 2},
                                          {"rk4", 4},      {"ab2", 2},      {"ab3", 3},      {"ab4", 4},
                                          {"dpmpp_2s", 2}, {"dpmpp_2m", 2}, {"dpmpp_3m", 2}, {"dpmpp_3m_corrected", 3},
                                          {"taylor2", 2},  {"taylor3", 3},  {"dopri5", 5},   {"tsit5", 5}};
constexpr double kTolerance = 0.15;
constexpr double kLeastError = 1e-12;

/// An adaptive pair with nothing to control takes one step from one level to the next.
Value::Table choices_of(const std::string& solver) {
    if (solver == "dopri5" || solver == "tsit5") return {{"rtol", 1e10}, {"atol", 1e10}};
    return {};
}

struct Errors {
    double x = 0.0;           ///< root mean square over the starts
    double likelihood = 0.0;  ///< of ln p at the end
};

Errors errors_of(const char* solver, const char* grid, int steps) {
    const PointModel model = make_model(
        "gaussian_mixture", law.parameters(), "edm",
        {{"steps", steps + 1}, {"grid", grid}, {"sigma_min", kSigmaMin}, {"sigma_max", kSigmaMax}, {"rho", 7.0}},
        solver, {"positions", "likelihood"}, choices_of(solver));
    Tile start = Tile::Zero(1, kTileWidth);
    for (int c = 0; c < kTileWidth; ++c) start(0, c) = kSigmaMax * (c - 15.3) / 7.0;
    BlockBuffer block(model.fields(), static_cast<int>(model.levels.sigma.size()), kTileWidth);
    TrajectoryRunner(model).run_from(start, kTileWidth, block);
    Errors out;
    for (int c = 0; c < kTileWidth; ++c) {
        const long double exact = law.flow(start(0, c), kSigmaMax, kSigmaMin);
        const auto p = static_cast<std::size_t>(c);
        out.x += std::pow(block.values(0, steps, 0)[p] - static_cast<double>(exact), 2);
        const auto density = static_cast<double>(std::log(law.density(exact, kSigmaMin)));
        out.likelihood += std::pow(block.values(1, steps, 0)[p] - density, 2);
    }
    out.x = std::sqrt(out.x / kTileWidth);
    out.likelihood = std::sqrt(out.likelihood / kTileWidth);
    return out;
}

TEST(Orders, OfPositionAndLikelihoodOnAMixture) {
    double worst = 0.0;
    for (const auto& [solver, order] : kOrders) {
        const auto& steps = order < 5 ? kSteps : kPairSteps;
        for (const char* grid : order < 5 ? kGrids : kPairGrids) {
            std::vector<double> x, likelihood;
            for (const int n : steps) {
                const Errors errors = errors_of(solver, grid, n);
                x.push_back(errors.x);
                likelihood.push_back(errors.likelihood);
            }
            EXPECT_GT(x.back(), kLeastError) << solver << " " << grid;
            for (const auto& errors : {x, likelihood}) {
                const double deviation = std::abs(regression_slope(steps, errors) + order);
                EXPECT_LE(deviation, kTolerance) << solver << " " << grid;
                worst = std::max(worst, deviation);
            }
        }
    }
    claim("orders-of-the-flow", worst);
}

/// Root mean square distance of the ends from `exact`, d x 32.
double distance_of(const PointModel& model, const Tile& start, const Tile& exact) {
    BlockBuffer block(model.fields(), static_cast<int>(model.levels.sigma.size()), kTileWidth);
    TrajectoryRunner(model).run_from(start, kTileWidth, block);
    double sum = 0.0;
    for (int i = 0; i < model.dim(); ++i) {
        const auto ends = block.values(0, block.levels() - 1, i);
        for (int c = 0; c < kTileWidth; ++c) sum += std::pow(ends[static_cast<std::size_t>(c)] - exact(i, c), 2);
    }
    return std::sqrt(sum / kTileWidth);
}

Tile fan(int dim) {
    Tile out = Tile::Zero(dim, kTileWidth);
    for (int c = 0; c < kTileWidth; ++c) {
        for (int i = 0; i < dim; ++i) out(i, c) = 5.0 * std::cos(0.7 * (i + 1) * c + i);
    }
    return out;
}

// In the plane, where C is no number: three Gaussians with covariances of their own, against dopri5 at 1e-13.
TEST(Orders, InThePlaneAgainstTightDopri5) {
    const Value::Table plane = {
        {"weights", Value::List{0.3, 0.5, 0.2}},
        {"means", Value::List{Value::List{-1.2, 0.3}, Value::List{0.6, 0.9}, Value::List{0.5, -1.1}}},
        {"covariances", Value::List{Value::List{Value::List{0.4, 0.1}, Value::List{0.1, 0.2}},
                                    Value::List{Value::List{0.2, -0.1}, Value::List{-0.1, 0.3}},
                                    Value::List{Value::List{0.5, 0.0}, Value::List{0.0, 0.2}}}}};
    const auto model_of = [&](const char* solver, int n, const Value::Table& choices) {
        return make_model("gaussian_mixture", plane, "edm",
                          {{"steps", n + 1}, {"grid", "log"}, {"sigma_min", 0.1}, {"sigma_max", 5.0}}, solver,
                          {"positions"}, choices);
    };
    const Tile start = fan(2);
    Tile exact(2, kTileWidth);
    const PointModel tight = model_of("dopri5", 10, {{"rtol", 1e-13}, {"atol", 1e-13}});
    BlockBuffer block(tight.fields(), 11, kTileWidth);
    TrajectoryRunner(tight).run_from(start, kTileWidth, block);
    for (int c = 0; c < kTileWidth; ++c) {
        for (int i = 0; i < 2; ++i) exact(i, c) = block.values(0, 10, i)[static_cast<std::size_t>(c)];
    }
    const std::vector<int> counts = {64, 128, 256};
    double worst = 0.0;
    for (const auto& [solver, order] : kOrders) {
        if (order == 5) continue;
        std::vector<double> errors;
        for (const int n : counts) errors.push_back(distance_of(model_of(solver, n, {}), start, exact));
        const double deviation = std::abs(regression_slope(counts, errors) + order);
        EXPECT_LE(deviation, kTolerance) << solver;
        worst = std::max(worst, deviation);
    }
    claim("orders-in-the-plane", worst);
}

// On one Gaussian, some methods are better than their order, none is worse.
TEST(Orders, OfAGaussianAreAtLeastTheirs) {
    const Value::Table gaussian = {{"variances", Value::List{4.0, 1.0, 0.05}}};
    const Tile start = fan(3);
    const std::vector<int> counts = {64, 128, 256};
    for (const auto& [solver, order] : kOrders) {
        if (order == 5) continue;
        std::vector<double> errors;
        for (const int n : counts) {
            const PointModel model = make_model(
                "gaussian", gaussian, "edm",
                {{"steps", n + 1}, {"grid", "log"}, {"sigma_min", 0.1}, {"sigma_max", 5.0}}, solver, {"positions"});
            Tile exact = start;
            for (int i = 0; i < 3; ++i) {
                const double v = i == 0 ? 4.0 : i == 1 ? 1.0 : 0.05;
                exact.row(i) *= std::sqrt((0.01 + v) / (25.0 + v));
            }
            errors.push_back(distance_of(model, start, exact));
        }
        EXPECT_LE(regression_slope(counts, errors), -order + kTolerance) << solver;
    }
}

}  // namespace
}  // namespace sigmaflow
