#include "sigmaflow/stability/levels.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace sigmaflow {
namespace {

std::vector<double> levels(double sigma_min, double sigma_max, int count) {
    const Kind kind{"some", "levels", level_parameters()};
    return log_levels(Parameters(kind, {{"sigma_min", sigma_min}, {"sigma_max", sigma_max}, {"levels", count}},
                                 {"study.toml", 5, 1}));
}

TEST(Levels, GoDownByEqualRatiosWithExactEnds) {
    const auto sigma = levels(0.003, 70.0, 12);
    ASSERT_EQ(sigma.size(), 12U);
    EXPECT_EQ(sigma.front(), 70.0);
    EXPECT_EQ(sigma.back(), 0.003);
    for (std::size_t i = 1; i + 1 < sigma.size(); ++i) {
        EXPECT_NEAR(sigma[i] * sigma[i] / (sigma[i - 1] * sigma[i + 1]), 1.0, 1e-13) << i;
    }
}

TEST(Levels, OneIsTheGreatest) { EXPECT_THAT(levels(0.1, 2.0, 1), testing::ElementsAre(2.0)); }

TEST(Levels, AMinimumAboveTheMaximumIsRefused) {
    try {
        (void)levels(3.0, 2.0, 5);
        FAIL();
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("sigma_min is greater than sigma_max"));
    }
}

}  // namespace
}  // namespace sigmaflow
