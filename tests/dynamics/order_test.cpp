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
                                          {"dopri5", 5},   {"tsit5", 5}};
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

}  // namespace
}  // namespace sigmaflow
