// Schedules given as formulas, against the kinds that have the same schedule in closed form.
#include "sigmaflow/schedule/expression_schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "schedule/generators.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::make_schedule;

/// Greatest relative difference in s, sigma, f, g and t(sigma) at 200 times of [from, to].
double difference(const Schedule& a, const Schedule& b, double from, double to) {
    double worst = 0.0;
    for (int i = 0; i <= 200; ++i) {
        const double t = from + (to - from) * i / 200.0;
        const Scale x = a.at(t), y = b.at(t);
        const Coefficients p = a.coefficients(t), q = b.coefficients(t);
        worst = std::max({worst, std::abs(x.s / y.s - 1.0), std::abs(x.sigma / y.sigma - 1.0),
                          std::abs(p.f - q.f) / (1.0 + std::abs(q.f)), std::abs(p.g / q.g - 1.0),
                          std::abs(a.t_of_sigma(y.sigma) - t) / t});
    }
    return worst;
}

TEST(ExpressionSchedules, OfScalesAreTheKindsTheyDescribe) {
    const auto vp = make_schedule("vp", {});
    const auto ours = make_schedule("expression", {{"s", "exp(-t^2 * 19.9 / 4 - t * 0.1 / 2)"},
                                                   {"sigma", "sqrt(exp(t^2 * 19.9 / 2 + 0.1 * t) - 1)"},
                                                   {"t_min", 1e-3}});
    // exp(B) - 1 loses 1/B = 10^4 ulp at t_min, which the derivative divides by the step.
    EXPECT_LT(difference(*ours.schedule, *vp.schedule, 0.01, 1.0), 1e-9);
    const auto rectified = make_schedule("rectified", {});
    const auto straight =
        make_schedule("expression", {{"s", "1 - t"}, {"sigma", "t / (1 - t)"}, {"t_min", 1e-3}, {"t_max", 0.999}});
    EXPECT_LT(difference(*straight.schedule, *rectified.schedule, 1e-3, 0.999), 1e-9);
    EXPECT_FALSE(straight.schedule->has_unit_scale());
}

TEST(ExpressionSchedules, OfCoefficientsAreTheKindsTheyDescribe) {
    const auto vp = make_schedule("vp", {});
    const auto ours = make_schedule("expression", {{"f", "-(0.1 + 19.9 * t) / 2"}, {"g", "sqrt(0.1 + 19.9 * t)"}});
    const double vp_difference = difference(*ours.schedule, *vp.schedule, 1e-3, 1.0);
    EXPECT_LT(vp_difference, 1e-12);
    const auto ou = make_schedule("ou", {});
    const auto relaxing = make_schedule("expression", {{"f", "-1"}, {"g", "sqrt(2)"}, {"t_max", 4.0}});
    const double ou_difference = difference(*relaxing.schedule, *ou.schedule, 1e-3, 4.0);
    EXPECT_LT(ou_difference, 1e-12);
    testing_support::claim("schedule-from-coefficients", std::max(vp_difference, ou_difference));
    const auto noise = make_schedule("expression", {{"g", "1"}, {"t_max", 9.0}});
    EXPECT_TRUE(noise.schedule->has_unit_scale());
    EXPECT_NEAR(noise.schedule->at(9.0).sigma, 3.0, 1e-14);
}

TEST(ExpressionSchedules, MayBeginAtZeroIfTheGridDoesNot) {
    const Value::Table given = {{"sigma", "t"}, {"t_max", 80.0}, {"grid", "rho"}};
    EXPECT_THROW(
        {
            const auto made = make_schedule("expression", given);
            (void)make_grid(*made.schedule, made.parameters);
        },
        InputError);
    auto with_end = given;
    with_end.emplace_back("sigma_min", 0.002);
    const auto made = make_schedule("expression", with_end);
    const auto edm = make_schedule("edm", {});
    EXPECT_EQ(make_grid(*made.schedule, made.parameters), make_grid(*edm.schedule, edm.parameters));
}

TEST(ExpressionSchedules, OnlyThoseOfScaleOneSaySo) {
    EXPECT_TRUE(make_schedule("expression", {{"sigma", "t"}}).schedule->has_unit_scale());
    EXPECT_FALSE(make_schedule("expression", {{"sigma", "t"}, {"s", "2"}}).schedule->has_unit_scale());
    EXPECT_FALSE(make_schedule("expression", {{"g", "1"}, {"s_start", 2.0}}).schedule->has_unit_scale());
    EXPECT_FALSE(make_schedule("expression", {{"g", "1"}, {"f", "-t"}}).schedule->has_unit_scale());
}

void expect_no_schedule(const Value::Table& given, const std::string& fragment) {
    try {
        (void)make_schedule("expression", given);
        ADD_FAILURE() << "accepted; expected a message with '" << fragment << "'";
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find(fragment), std::string::npos) << error.what();
    }
}

TEST(ExpressionSchedules, ImpossibleOnesAreRefusedWithTheReason) {
    expect_no_schedule({}, "none is given");
    expect_no_schedule({{"sigma", "t"}, {"g", "1"}}, "both are given");
    expect_no_schedule({{"s", "1"}}, "'s' alone is no schedule");
    expect_no_schedule({{"f", "-1"}}, "'f' alone is no schedule");
    expect_no_schedule({{"sigma", "tt"}}, "unknown name or symbol 'tt' at character 1");
    expect_no_schedule({{"sigma", "t"}, {"t_min", 2.0}}, "greater than t_min");
    expect_no_schedule({{"sigma", "1 - t"}}, "sigma does not increase with t at t = 0.001");
    expect_no_schedule({{"sigma", "sin(4 * t)"}}, "sigma does not increase");
    expect_no_schedule({{"sigma", "t - 1"}}, "sigma is not a number >= 0 at t = 0");
    expect_no_schedule({{"sigma", "1 / (1 - t)"}}, "at t = 1");
    expect_no_schedule({{"sigma", "1 + t"}, {"s", "t - 0.5"}}, "s is not a number > 0 at t = 0");
    expect_no_schedule({{"sigma", "asin(t)"}}, "has no derivative, at t = 1");
    expect_no_schedule({{"g", "1 / t"}}, "not usable");
    expect_no_schedule({{"g", "0"}}, "sigma does not increase");
    expect_no_schedule({{"f", "ln(t - 0.5)"}, {"g", "1"}}, "f cannot be integrated: not finite at");
}

}  // namespace
}  // namespace sigmaflow
