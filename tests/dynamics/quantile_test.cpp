// One-dimensional flows keep quantiles: F_sigma(x(sigma)) is constant along the exact flow, for any data.
#include <gtest/gtest.h>

#include <cmath>

#include "dynamics/support.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

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

}  // namespace
}  // namespace sigmaflow
