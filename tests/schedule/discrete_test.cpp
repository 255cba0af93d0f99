// Schedules with timesteps, against 40 digits computed from the published recursions.
#include "sigmaflow/schedule/discrete_schedule.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "schedule/generators.hpp"
#include "sigmaflow/schedule/spacing.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing::ElementsAre;

struct Given {
    double t;
    double sigma;
};

double expect_sigmas(const std::string& kind, const Value::Table& parameters, const std::vector<Given>& expected) {
    const auto made = testing_support::make_schedule(kind, parameters);
    double worst = 0.0;
    for (const auto& [t, sigma] : expected) {
        // A sum of 1000 logarithms: rounding of each enters sigma^2 by at most itself, plus the last step's cosine.
        EXPECT_NEAR(made.schedule->at(t).sigma, sigma, 1e-13 * sigma) << kind << " at t = " << t;
        worst = std::max(worst, std::abs(made.schedule->at(t).sigma / sigma - 1.0));
    }
    return worst;
}

TEST(DiscreteSchedules, HaveThePublishedSigmas) {
    const double worst = std::max(
        {expect_sigmas("ddpm", {}, {{0, 0.010000500037503125}, {499, 3.4241366190440412}, {999, 157.40728081040743}}),
         expect_sigmas("cosine", {},
                       {{0, 0.0064254127711271708},
                        {499, 1.0123895639480042},
                        {998, 641.66234511825641},
                        {999, 20291.169610021508}}),
         expect_sigmas("iddpm", {},
                       {{0, 0.0064254127711271708},
                        {991, 80.203701845474337},
                        {998, 641.66234511825641},
                        {999, 20291.169610021508}}),
         expect_sigmas("cosine", {{"form", "continuous"}},
                       {{0.001, 0.0064254127711271708},
                        {0.25, 0.42499481500694469},
                        {0.5, 1.0123895639480042},
                        {0.999, 641.66234511825641}})});
    testing_support::claim("schedule-published-sigmas", worst);
}

// EDM's recursion as printed, in long double; it cancels near u_N = 0, where 1 - ratio is about 1/N^2.
TEST(DiscreteSchedules, IddpmFollowsThePrintedRecursion) {
    for (const int n : {10, 100, 1000}) {
        const auto sigmas = cosine_sigmas(0.008, 0.001, n);
        const auto abar = [&](int j) {
            const long double sine = std::sin(0.5L * std::numbers::pi_v<long double> * j / (n * 1.008L));
            return sine * sine;
        };
        long double u = 0.0L;
        for (int j = n; j >= 1; --j) {
            u = std::sqrt((u * u + 1.0L) / std::max(abar(j - 1) / abar(j), 0.001L) - 1.0L);
            EXPECT_NEAR(static_cast<double>(sigmas[static_cast<std::size_t>(n - j)] / u), 1.0, 1e-12) << n << " " << j;
        }
    }
}

TEST(DiscreteSchedules, FormsOfCosineAgreeAtTheTimestepsUpToTheCap) {
    const auto discrete = testing_support::make_schedule("cosine", {});
    const auto continuous = testing_support::make_schedule("cosine", {{"form", "continuous"}});
    for (int j = 0; j < 999; ++j) {
        const Scale a = discrete.schedule->at(j);
        const Scale b = continuous.schedule->at((j + 1) / 1000.0);
        EXPECT_NEAR(a.sigma / b.sigma, 1.0, 1e-12) << j;
        EXPECT_NEAR(a.s / b.s, 1.0, 1e-12) << j;
    }
}

TEST(DiscreteSchedules, TimestepsComeBackToTheLastBit) {
    for (const char* kind : {"ddpm", "cosine", "iddpm"}) {
        const auto made = testing_support::make_schedule(kind, {});
        for (int j = 0; j < 1000; ++j) EXPECT_EQ(made.schedule->t_of_sigma(made.schedule->at(j).sigma), j) << kind;
    }
}

TEST(DiscreteSchedules, ScaleFollowsItsRuleBetweenTimesteps) {
    for (const char* kind : {"ddpm", "cosine"}) {
        const auto made = testing_support::make_schedule(kind, {});
        for (const double t : {0.0, 0.5, 99.9, 998.3, 999.0}) {
            const Scale scale = made.schedule->at(t);
            EXPECT_NEAR(scale.s * scale.s * (1.0 + scale.sigma * scale.sigma), 1.0, 1e-14) << kind;
        }
    }
}

// Lin et al. 2024, table 2, whose timesteps count from 1: T = 1000 and 10 steps.
TEST(Spacings, AreThoseInUse) {
    EXPECT_THAT(spaced_indices(1000, 10, Spacing::leading, 0),
                ElementsAre(900, 800, 700, 600, 500, 400, 300, 200, 100, 0));
    EXPECT_THAT(spaced_indices(1000, 10, Spacing::linspace, 0),
                ElementsAre(999, 888, 777, 666, 555, 444, 333, 222, 111, 0));
    EXPECT_THAT(spaced_indices(1000, 10, Spacing::trailing, 0),
                ElementsAre(999, 899, 799, 699, 599, 499, 399, 299, 199, 99));
    // Fractions round to the nearest, halves to even: 7 of 20 by hand (numpy.round does the same).
    EXPECT_THAT(spaced_indices(20, 7, Spacing::linspace, 0), ElementsAre(19, 16, 13, 10, 6, 3, 0));
    EXPECT_THAT(spaced_indices(20, 7, Spacing::trailing, 0), ElementsAre(19, 16, 13, 10, 8, 5, 2));
    EXPECT_THAT(spaced_indices(20, 7, Spacing::leading, 1), ElementsAre(13, 11, 9, 7, 5, 3, 1));
    EXPECT_THAT(spaced_indices(5, 2, Spacing::trailing, 0), ElementsAre(4, 1));  // 2.5 rounds to 2
}

TEST(Spacings, TakeEveryTimestepWhenThereAreAsManySteps) {
    for (const auto spacing : {Spacing::linspace, Spacing::leading, Spacing::trailing}) {
        const auto indices = spaced_indices(37, 37, spacing, 0);
        for (std::size_t i = 0; i < 37; ++i) EXPECT_EQ(indices[i], 36 - i);
    }
}

TEST(Spacings, DecreaseStrictlyWithinTheRange) {
    for (std::size_t count = 2; count < 60; ++count) {
        for (std::size_t steps = 2; steps <= count; ++steps) {
            for (const auto spacing : {Spacing::linspace, Spacing::leading, Spacing::trailing}) {
                const auto indices = spaced_indices(count, steps, spacing, 0);
                ASSERT_EQ(indices.size(), steps);
                ASSERT_LT(indices.front(), count);
                for (std::size_t i = 1; i < steps; ++i) ASSERT_LT(indices[i], indices[i - 1]) << count << " " << steps;
            }
        }
    }
}

std::vector<double> grid_of(const std::string& kind, const Value::Table& given) {
    const auto made = testing_support::make_schedule(kind, given);
    return make_grid(*made.schedule, made.parameters);
}

TEST(DiscreteSchedules, OwnGridTakesTimesteps) {
    const auto ddpm = testing_support::make_schedule("ddpm", {});
    const auto trailing = grid_of("ddpm", {{"steps", 10}, {"spacing", "trailing"}});
    for (std::size_t i = 0; i < 10; ++i) {
        EXPECT_EQ(trailing[i], ddpm.schedule->at(999.0 - 100.0 * static_cast<double>(i)).sigma);
    }
    const auto offset = grid_of("ddpm", {{"steps", 10}, {"spacing", "leading"}, {"steps_offset", 1}});
    EXPECT_EQ(offset.back(), ddpm.schedule->at(1.0).sigma);
}

// EDM takes the timesteps whose sigma lies between its ends: u_8 = 80.2 with sigma_max = 81 and round(991/17 i).
TEST(DiscreteSchedules, OwnGridStaysBetweenTheEndsAskedFor) {
    const auto iddpm = testing_support::make_schedule("iddpm", {});
    const auto sigmas = grid_of("iddpm", {{"sigma_max", 81.0}, {"steps", 18}});
    ASSERT_EQ(sigmas.size(), 18U);
    EXPECT_NEAR(sigmas.front(), 80.203701845474337, 1e-12 * 80);
    for (int i = 0; i < 18; ++i) {
        const double step = std::nearbyint(991.0 / 17.0 * (17 - i));
        EXPECT_EQ(sigmas[static_cast<std::size_t>(i)], iddpm.schedule->at(step).sigma) << i;
    }
}

TEST(DiscreteSchedules, ImpossibleOnesAreRefused) {
    EXPECT_THROW((void)grid_of("ddpm", {{"timesteps", 10}, {"steps", 11}}), InputError);
    EXPECT_THROW((void)grid_of("ddpm", {{"steps", 1000}, {"spacing", "leading"}, {"steps_offset", 1}}), InputError);
    EXPECT_THROW((void)grid_of("cosine", {{"t_max", 0.5}}), InputError);
    EXPECT_THROW((void)grid_of("ddpm", {{"beta_min", 0.02}, {"beta_max", 0.01}}), InputError);
    EXPECT_THROW((void)grid_of("ddpm", {{"beta_max", 0.99}, {"timesteps", 5000}}), InputError);
}

}  // namespace
}  // namespace sigmaflow
