#include "sigmaflow/numerics/normal_quantile.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "support/claim.hpp"

namespace sigmaflow {
namespace {

// Phi(z) - p over the density is the error of z; Phi in extended precision. Wichura promises 1 part in 1e16; rounding
// of the polynomials adds a few eps.
TEST(NormalQuantile, InvertsTheDistributionFunction) {
    double worst = 0.0;
    for (int i = 0; i < 200000; ++i) {
        const double p = i < 100000 ? (i + 0.5) / 200000.0 : std::exp(-700.0 * (i - 99999) / 100000.0);
        const long double z = normal_quantile(p);
        const long double below = 0.5L * std::erfc(-z / std::numbers::sqrt2_v<long double>);
        const long double density = std::exp(-0.5L * z * z) / std::sqrt(2.0L * std::numbers::pi_v<long double>);
        const long double error = (below - static_cast<long double>(p)) / density;
        worst = std::max(worst, static_cast<double>(std::abs(error) / std::max(1e-3L, std::abs(z))));
    }
    testing_support::claim("normal-quantile", worst);
    EXPECT_LE(worst, 2e-15);
    for (const double p : {0.51, 0.925, 0.93, 1.0 - 0x1p-30, 1.0 - 0x1p-53}) {
        EXPECT_EQ(normal_quantile(p), -normal_quantile(1.0 - p));
    }
    EXPECT_EQ(normal_quantile(0.5), 0.0);
    EXPECT_TRUE(std::isnan(normal_quantile(-0.1)));
    EXPECT_TRUE(std::isnan(normal_quantile(1.1)));
}

}  // namespace
}  // namespace sigmaflow
