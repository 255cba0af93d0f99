#include "sigmaflow/numerics/log_erfc.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/claim.hpp"

namespace sigmaflow {
namespace {

// long double erfc reaches to z = 106; beyond, the asymptotic series.
TEST(LogErfc, AgreesWithLongDouble) {
    double worst = 0.0;
    for (double z = -30.0; z < 105.0; z += 0.0137) {
        const long double exact = std::log(std::erfc(static_cast<long double>(z)));
        const double scale = std::max(1.0, static_cast<double>(std::abs(exact)));
        worst = std::max(worst, static_cast<double>(std::abs(log_erfc(z) - exact)) / scale);
    }
    testing_support::claim("log-erfc", worst);
    EXPECT_LE(worst, 1e-15);
}

TEST(LogErfc, FarOut) {
    const double z = 1e6;
    EXPECT_NEAR(log_erfc(z), -z * z - std::log(z * std::sqrt(std::acos(-1.0))), 1e-3);
    EXPECT_EQ(log_erfc(-50.0), std::log(2.0));
    EXPECT_EQ(log_erfc(std::numeric_limits<double>::infinity()), -std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(log_erfc(std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace sigmaflow
