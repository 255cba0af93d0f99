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
// odd error terms of a Gaussian cancel; the range avoids the ends where solvers have nothing to do.
const LineMixture law = {{{0.3L, -1.2L, 0.5L}, {0.5L, 0.4L, 0.4L}, {0.2L, 1.6L, 0.7L}}};
constexpr double kSigmaMax = 8.0;
constexpr double kSigmaMin = 0.1;
const std::vector<int> kSteps = {64, 128, 256, 512, 1024};
struct SolverOrder {
    const char* solver;
    int order;
};
const std::vector<SolverOrder> kOrders = {{"euler", 1},    {"heun", 2},     {"midpoint", 2}, {"dpm2", 2},
                                          {"rk4", 4},      {"ab2", 2},      {"ab3", 3},      {"ab4", 4},
                                          {"dpmpp_2s", 2}, {"dpmpp_2m", 2}, {"dpmpp_3m", 2}, {"dpmpp_3m_corrected", 3}};
constexpr double kTolerance = 0.15;
constexpr double kLeastError = 1e-12;

struct Errors {
    double x = 0.0;           ///< root mean square over the starts
    double likelihood = 0.0;  ///< of ln p at the end
};

Errors errors_of(const char* solver, const char* grid, int steps) {
    const PointModel model = make_model(
        "gaussian_mixture", law.parameters(), "edm",
        {{"steps", steps + 1}, {"grid", grid}, {"sigma_min", kSigmaMin}, {"sigma_max", kSigmaMax}, {"rho", 3.0}},
        solver, {"positions", "likelihood"});
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
        for (const char* grid : {"log", "rho"}) {
            std::vector<double> x, likelihood;
            for (const int n : kSteps) {
                const Errors errors = errors_of(solver, grid, n);
                x.push_back(errors.x);
                likelihood.push_back(errors.likelihood);
            }
            EXPECT_GT(x.back(), kLeastError) << solver << " " << grid;
            for (const auto& errors : {x, likelihood}) {
                const double deviation = std::abs(regression_slope(kSteps, errors) + order);
                EXPECT_LE(deviation, kTolerance) << solver << " " << grid;
                worst = std::max(worst, deviation);
            }
        }
    }
    claim("orders-of-the-flow", worst);
}

}  // namespace
}  // namespace sigmaflow
