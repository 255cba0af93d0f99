#include "sigmaflow/numerics/exponential.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sigmaflow/numerics/random.hpp"
#include "support/witness.hpp"

namespace sigmaflow {
namespace {

TEST(ExpOfNonpositive, IsWithinOneAndAHalfUlp) {
    Stream stream(5, 6, 7, Purpose::test);
    double worst = 0.0;
    for (int i = 0; i < 20000; ++i) {
        const double x = -std::exp(-20.0 + 26.5 * stream.uniform());  // from -2e-9 to -665
        const double expected = witness::exponential(x);
        const double ulp = expected - std::nextafter(expected, 0.0);
        worst = std::max(worst, std::abs(exp_of_nonpositive(x) - expected) / ulp);
    }
    EXPECT_LE(worst, 1.5);
    RecordProperty("worst_ulp", std::to_string(worst));
}

TEST(ExpOfNonpositive, Edges) {
    EXPECT_EQ(exp_of_nonpositive(0.0), 1.0);
    EXPECT_EQ(exp_of_nonpositive(-0.0), 1.0);
    EXPECT_NEAR(exp_of_nonpositive(-708.0), std::exp(-708.0), 1e-15 * std::exp(-708.0));
    EXPECT_EQ(exp_of_nonpositive(-708.0000001), 0.0);
    EXPECT_EQ(exp_of_nonpositive(-1e300), 0.0);
    EXPECT_EQ(exp_of_nonpositive(-std::numeric_limits<double>::infinity()), 0.0);
    EXPECT_TRUE(std::isnan(exp_of_nonpositive(std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace sigmaflow
