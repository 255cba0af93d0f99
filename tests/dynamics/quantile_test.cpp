// One-dimensional flows keep quantiles: F_sigma(x(sigma)) is constant along the exact flow, for any data.
#include <gtest/gtest.h>

#include <cmath>

#include "dynamics/line_mixture.hpp"
#include "dynamics/support.hpp"
#include "sigmaflow/dynamics/quantile_flow.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::make_model;
using testing_support::run_block;

struct Component {
    double weight, mean, width;
};
const std::vector<Component> mixture = {{0.3, -1.2, 0.4}, {0.5, 0.4, 0.3}, {0.2, 1.5, 0.6}};

Value::Table law() {
    Value::List weights, means, widths;
    for (const auto& c : mixture) {
        weights.push_back(c.weight);
        means.push_back(Value::List{c.mean});
        widths.push_back(c.width);
    }
    return {{"weights", weights}, {"means", means}, {"widths", widths}};
}

double cumulative(double x, double sigma) {
    double sum = 0.0;
    for (const auto& c : mixture) {
        sum += 0.5 * c.weight * std::erfc(-(x - c.mean) / std::sqrt(2.0 * (c.width * c.width + sigma * sigma)));
    }
    return sum;
}

/// Greatest change of the quantile over 64 particles.
double quantile_error(int n) {
    const PointModel model =
        make_model("gaussian_mixture", law(), "edm",
                   {{"steps", n}, {"grid", "log"}, {"sigma_min", 0.02}, {"sigma_max", 20.0}}, "heun", {"positions"});
    const BlockBuffer block = run_block(model, 64);
    double worst = 0.0;
    for (std::size_t p = 0; p < 64; ++p) {
        const double before = cumulative(block.values(0, 0, 0)[p], 20.0);
        const double after = cumulative(block.values(0, n - 1, 0)[p], 0.02);
        worst = std::max(worst, std::abs(after - before));
    }
    return worst;
}

TEST(Quantiles, HeunsErrorFallsWithSlopeTwo) {
    double sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0;
    const std::vector<int> counts = {128, 256, 512, 1024, 2048};
    for (const int n : counts) {
        const double x = std::log(static_cast<double>(n));
        const double y = std::log(quantile_error(n));
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
    }
    const auto m = static_cast<double>(counts.size());
    const double slope = (m * sxy - sx * sy) / (m * sxx - sx * sx);
    testing_support::claim("heun-quantile-slope", slope);
    EXPECT_NEAR(slope, -2.0, 0.1);
}

const testing_support::LineMixture wide = {{{0.3L, -1.2L, 0.4L}, {0.5L, 0.4L, 0.03L}, {0.2L, 1.6L, 0.7L}}};

LineLaw line_of(const testing_support::LineMixture& law) {
    const auto count = static_cast<Eigen::Index>(law.components.size());
    LineLaw out{Eigen::VectorXd(count), Eigen::VectorXd(count), Eigen::VectorXd(count)};
    for (Eigen::Index k = 0; k < count; ++k) {
        const auto& c = law.components[static_cast<std::size_t>(k)];
        out.weights[k] = static_cast<double>(c.weight);
        out.means[k] = static_cast<double>(c.mean);
        out.variances[k] = static_cast<double>(c.width) * static_cast<double>(c.width);
    }
    return out;
}

// Against bisection in extended precision, from the middle to tails of 60 standard deviations (where long double still
// has numbers), up and down. Relative to what double precision can know: rounding of x', and of ln F over its slope.
TEST(Quantiles, ExactFlowOnTheLine) {
    const LineLaw line = line_of(wide);
    double worst = 0.0;
    for (const auto& [from, to] :
         std::vector<std::pair<double, double>>{{20.0, 0.02}, {3.0, 0.5}, {0.02, 20.0}, {0.5, 0.001}}) {
        for (double u = -60.0; u <= 60.0; u += 0.37) {
            const double x = from < 1.0 ? 0.1 * u : from * u;
            const auto exact = static_cast<double>(wide.flow(x, from, to));
            const double found = keep_quantile(line, x, from, to);
            const double tail = std::min(log_mass_below(line, found, to), log_mass_above(line, found, to));
            const double slope = std::exp(log_line_density(line, found, to) - tail);
            const double unit = std::abs(exact) + std::max(1.0, std::abs(tail)) / slope;
            worst = std::max(worst, std::abs(found - exact) / unit);
        }
    }
    claim("exact-line-flow", worst);
    EXPECT_LE(worst, 1e-14);
}

TEST(Quantiles, ExactSolverOnTheLine) {
    const PointModel model = make_model("gaussian_mixture", wide.parameters(), "edm", {{"steps", 12}}, "exact",
                                        {"positions", "likelihood", "log_density"});
    const BlockBuffer block = run_block(model, 64);
    for (int level = 0; level < 12; ++level) {
        const double sigma = model.levels.sigma[static_cast<std::size_t>(level)];
        for (std::size_t p = 0; p < 64; ++p) {
            const double before = static_cast<double>(wide.below(block.values(0, 0, 0)[p], 80.0));
            EXPECT_NEAR(static_cast<double>(wide.below(block.values(0, level, 0)[p], sigma)), before, 1e-14);
            const double density = block.values(2, level, 0)[p];
            EXPECT_NEAR(block.values(1, level, 0)[p], density, 1e-12 * std::max(1.0, std::abs(density)));
        }
    }
}

// Points on the line: at sigma = 0 every particle sits on the point whose share of the mass holds its quantile.
TEST(Quantiles, PointsAreReachedExactly) {
    const PointModel model =
        make_model("points", {{"values", Value::List{Value::List{-1.0}, Value::List{0.5}, Value::List{2.0}}}}, "edm",
                   {{"steps", 12}, {"final_zero", true}}, "exact", {"positions"});
    ProbabilityFlow flow(*model.distribution, {});
    State state(flow.layout());
    History history(1, 0, 0, 1);
    for (int c = 0; c < kTileWidth; ++c) state.z(0, c) = 80.0 * (c - 15.5) / 6.0;
    const Tile start = state.z;
    state.sigma.setConstant(80.0);
    advance(*model.solver, flow, 0.0, history, state);
    const testing_support::LineMixture points = {
        {{1.0L / 3, -1.0L, 0.0L}, {1.0L / 3, 0.5L, 0.0L}, {1.0L / 3, 2.0L, 0.0L}}};
    for (int c = 0; c < kTileWidth; ++c) {
        const long double quantile = points.below(start(0, c), 80.0L);
        const double expected = quantile < 1.0L / 3 ? -1.0 : quantile < 2.0L / 3 ? 0.5 : 2.0;
        EXPECT_NEAR(state.z(0, c), expected, 1e-15);
    }
}

}  // namespace
}  // namespace sigmaflow
