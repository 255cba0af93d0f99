// Strong orders of the stochastic solvers: on the Brownian paths that all of them share, against one fine solution.
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

// The one table: a mixture on the line, sigma from 5 to 0.5, the even grid, 8 groups of 32 particles.
const LineMixture law = {{{0.3L, -1.2L, 0.5L}, {0.5L, 0.4L, 0.4L}, {0.2L, 1.6L, 0.7L}}};
const std::vector<int> kSteps = {32, 64, 128, 256};
constexpr int kFine = 4096;
constexpr int kGroups = 8;
constexpr double kStudent = 2.365;  // 97.5 % of Student's t with 7 degrees of freedom
constexpr double kTolerance = 0.15;

struct Case {
    const char* solver;
    Value::Table choices;
};

/// Ends of all particles.
std::vector<double> ends_of(const Case& solver, int n) {
    PointModel model = make_model("gaussian_mixture", law.parameters(), "edm",
                                  {{"steps", n + 1}, {"grid", "log"}, {"sigma_min", 0.5}, {"sigma_max", 5.0}},
                                  solver.solver, {"positions"}, solver.choices);
    model.lay_route(model.grid, {5.0, 0.5});
    const BlockBuffer block = testing_support::run_block(model, kGroups * kTileWidth);
    const auto ends = block.values(0, 1, 0);
    return {ends.begin(), ends.end()};
}

/// Root mean square difference within a group.
double distance(const std::vector<double>& a, const std::vector<double>& b, int group) {
    double sum = 0.0;
    for (int c = 0; c < kTileWidth; ++c) {
        const auto p = static_cast<std::size_t>(group * kTileWidth + c);
        sum += (a[p] - b[p]) * (a[p] - b[p]);
    }
    return std::sqrt(sum / kTileWidth);
}

// Strong order 1, as the noise is additive. All solvers are measured against the same SDE with the same noise, solved
// by sde_heun in 4096 steps, whose own error is 1/16 of the finest measured. Groups of particles give the interval.
TEST(StrongOrders, OnSharedBrownianPaths) {
    double worst = 0.0, widest = 0.0;
    for (const double eta : {1.0, 0.5}) {
        const std::vector<double> exact = ends_of({"sde_heun", {{"eta", eta}}}, kFine);
        for (const char* solver : {"euler_maruyama", "ancestral", "sde_heun", "dpmpp_sde", "dpmpp_2m_sde"}) {
            std::vector<std::vector<double>> ends;
            for (const int n : kSteps) ends.push_back(ends_of({solver, {{"eta", eta}}}, n));
            double sum = 0.0, squares = 0.0;
            for (int group = 0; group < kGroups; ++group) {
                std::vector<double> errors;
                for (const auto& end : ends) errors.push_back(distance(end, exact, group));
                const double order = -regression_slope(kSteps, errors);
                sum += order;
                squares += order * order;
            }
            const double mean = sum / kGroups;
            const double half_width =
                kStudent * std::sqrt((squares / kGroups - mean * mean) / (kGroups - 1));  // of the 95 % interval
            EXPECT_LE(std::abs(mean - 1.0) + half_width, kTolerance) << solver << " " << eta << " " << mean;
            worst = std::max(worst, std::abs(mean - 1.0));
            widest = std::max(widest, half_width);
        }
    }
    claim("strong-orders", worst);
    claim("strong-orders-interval", widest);
}

}  // namespace
}  // namespace sigmaflow
