// What holds for every kind of schedule and grid, over random parameters. A new kind without a generator fails here.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "schedule/generators.hpp"
#include "sigmaflow/distribution/registry.hpp"
#include "sigmaflow/schedule/coefficients.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::make_schedule;
using testing_support::ScheduleGenerator;
using testing_support::smooth_pieces;

constexpr double kEpsilon = 2.220446049250313e-16;

/// Calls `judge(kind, schedule, generator)` for `count` random schedules of every kind.
template <class Judge>
void for_every_kind(unsigned seed, int count, Judge judge) {
    for (const auto& kind : schedules().names()) {
        ScheduleGenerator generator(seed);
        for (int i = 0; i < count; ++i) {
            const auto made = make_schedule(kind, generator(kind));
            judge(kind, *made.schedule, generator);
        }
    }
}

TEST(ScheduleProperties, SigmaIncreasesAndScaleIsPositive) {
    for_every_kind(1, 10, [](const std::string& kind, const Schedule& schedule, ScheduleGenerator&) {
        double last = 0.0;
        for (int i = 0; i <= 1000; ++i) {
            const double t = schedule.t_min() + (schedule.t_max() - schedule.t_min()) * i / 1000.0;
            const Scale scale = schedule.at(t);
            ASSERT_GT(scale.sigma, last) << kind << " at t = " << t;
            ASSERT_GT(scale.s, 0.0) << kind << " at t = " << t;
            if (schedule.has_unit_scale()) {
                ASSERT_EQ(scale.s, 1.0) << kind;
            }
            last = scale.sigma;
        }
    });
}

// t_of_sigma inverts sigma both ways. What rounding allows: an ulp of t moves ln sigma by eps |t| (ln sigma)', and an
// ulp of sigma moves t by eps / (ln sigma)'; the functions themselves are good to a few ulp.
TEST(ScheduleProperties, TimeOfSigmaInvertsSigmaToRounding) {
    double worst = 0.0;
    for_every_kind(2, 20, [&](const std::string& kind, const Schedule& schedule, ScheduleGenerator& random) {
        for (int i = 0; i < 50; ++i) {
            const double t = random.uniform(schedule.t_min(), schedule.t_max());
            const double sigma = schedule.at(t).sigma;
            const double rate = schedule.log_rates(t).sigma;
            const double back = schedule.t_of_sigma(sigma);
            const double scale = std::abs(t) + 1.0 / rate;
            EXPECT_NEAR(back, t, 16.0 * kEpsilon * scale) << kind;
            const double error = std::abs(schedule.at(back).sigma / sigma - 1.0);
            EXPECT_LE(error, 16.0 * kEpsilon * (1.0 + rate * std::abs(t))) << kind << " at t = " << t;
            worst = std::max(worst, error / (kEpsilon * (1.0 + rate * std::abs(t))));
        }
        EXPECT_NEAR(schedule.t_of_sigma(schedule.sigma_min()), schedule.t_min(),
                    16.0 * kEpsilon * (std::abs(schedule.t_min()) + 1.0 / schedule.log_rates(schedule.t_min()).sigma));
    });
    testing_support::claim("schedule-inverse-ulps", worst);
}

/// The first derivative by central differences of order 8; their error is about (h/L)^8 in units of the first
/// derivative, L the distance to the nearest singularity, and rounding adds eps |f| / h.
template <class Function>
double derivative(const Function& f, double t, double h) {
    const double weights[] = {4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0};
    double sum = 0.0;
    for (int k = 1; k <= 4; ++k) sum += weights[k - 1] * (f(t + k * h) - f(t - k * h));
    return sum / h;
}

// (s, sigma) -> (f, g), s', sigma', (ln s)', (ln sigma)'. Inside a smooth piece, h = 1 % of the distance to its ends.
TEST(ScheduleProperties, CoefficientsAreDerivativesOfTheScale) {
    double worst = 0.0;
    for_every_kind(3, 20, [&](const std::string& kind, const Schedule& schedule, ScheduleGenerator& random) {
        const auto knots = smooth_pieces(schedule);
        for (int i = 0; i < 20; ++i) {
            const auto piece = static_cast<std::size_t>(random.integer(0, static_cast<int>(knots.size()) - 2));
            const double width = knots[piece + 1] - knots[piece];
            const double t = knots[piece] + width * random.uniform(0.2, 0.8);
            const double h = 0.01 * width * 0.2;
            const double log_s = derivative([&](double u) { return std::log(schedule.at(u).s); }, t, h);
            const double log_sigma = derivative([&](double u) { return std::log(schedule.at(u).sigma); }, t, h);
            const Scale here = schedule.at(t);
            const Coefficients exact = schedule.coefficients(t);
            const double g = here.s * here.sigma * std::sqrt(2.0 * log_sigma);
            // Rounding of logarithms of size up to 10 over h, plus a margin of 10.
            const double tolerance = 100.0 * kEpsilon / h;
            EXPECT_NEAR(exact.f, log_s, tolerance) << kind << " at t = " << t;
            EXPECT_NEAR(exact.g / g, 1.0, tolerance / log_sigma) << kind << " at t = " << t;
            EXPECT_NEAR(schedule.rates(t).s, here.s * log_s, here.s * tolerance) << kind;
            EXPECT_NEAR(schedule.rates(t).sigma, here.sigma * log_sigma, here.sigma * tolerance) << kind;
            EXPECT_NEAR(schedule.log_rates(t).sigma, log_sigma, tolerance) << kind;
            worst = std::max(worst, std::abs(exact.g / g - 1.0) * log_sigma * h / kEpsilon);
        }
    });
    std::printf("g against differences: %g eps / h\n", worst);
}

// (f, g) -> (s, sigma): integrating the coefficients piece by piece gives the scale back.
TEST(ScheduleProperties, IntegratedCoefficientsGiveTheScaleBack) {
    double worst = 0.0;
    for_every_kind(4, 4, [&](const std::string& kind, const Schedule& schedule, ScheduleGenerator&) {
        const auto coefficients = [&](double t) { return schedule.coefficients(t); };
        const auto knots = smooth_pieces(schedule);
        Scale scale = schedule.at(knots.front());
        for (std::size_t piece = 1; piece < knots.size(); ++piece) {
            const int panels = knots.size() == 2 ? 200 : 2;
            scale = integrate_coefficients(coefficients, knots[piece - 1], scale, knots[piece], panels);
            const Scale exact = schedule.at(knots[piece]);
            ASSERT_NEAR(scale.s / exact.s, 1.0, 1e-11) << kind << " at t = " << knots[piece];
            ASSERT_NEAR(scale.sigma / exact.sigma, 1.0, 1e-11) << kind << " at t = " << knots[piece];
            worst = std::max(worst, std::abs(scale.sigma / exact.sigma - 1.0));
        }
    });
    testing_support::claim("schedule-round-trip", worst);
}

/// What the rule `grid` needs besides the common parameters.
Value::Table grid_parameters(const std::string& grid, ScheduleGenerator& random, const Schedule& schedule, int steps) {
    if (grid == "rho") return {{"rho", random.uniform(1.0, 10.0)}};
    if (grid == "polyexponential") return {{"exponent", random.uniform(0.3, 3.0)}};
    if (grid == "tan") return {{"c", random.geometric(1e-2, 1e2)}};
    if (grid != "list") return {};
    Value::List sigmas;
    for (int i = 0; i < steps; ++i) {
        const double ratio = schedule.sigma_min() / schedule.sigma_max();
        sigmas.emplace_back(schedule.sigma_max() * std::pow(ratio, static_cast<double>(i) / (steps - 1)));
    }
    return {{"sigmas", sigmas}};
}

/// The end asked for, or the schedule's own.
double end_of(const Parameters& parameters, const char* name, double own) {
    return parameters.has(name) ? parameters.real(name) : own;
}

TEST(GridProperties, EveryGridOfEveryScheduleDecreasesBetweenItsEnds) {
    const auto& two = distributions().at("two_deltas");
    const auto law = two.make(Parameters(two.kind, {{"dim", 2}, {"width", 0.1}}, {}), {});
    for (const auto& kind : schedules().names()) {
        ScheduleGenerator random(5);
        for (const auto& rule : grids().names()) {
            for (const int steps : {2, 3, 18, 50}) {
                auto given = random(kind);
                const auto plain = make_schedule(kind, given);
                const bool counted = rule == "own" && !plain.schedule->timesteps().empty();
                if (counted && steps > static_cast<int>(plain.schedule->timesteps().size())) continue;
                given.emplace_back("grid", rule);
                given.emplace_back("steps", steps);
                for (auto& extra : grid_parameters(rule, random, *plain.schedule, steps)) given.push_back(extra);
                const auto made = make_schedule(kind, given);
                const auto sigmas = make_grid(*made.schedule, made.parameters, law.get());
                ASSERT_EQ(sigmas.size(), static_cast<std::size_t>(steps)) << kind << " " << rule;
                const double first = end_of(made.parameters, "sigma_max", made.schedule->sigma_max());
                const double last = end_of(made.parameters, "sigma_min", made.schedule->sigma_min());
                const double allowed = rule == "list" ? 1e-14 : 0.0;  // the list above rounds
                EXPECT_NEAR(sigmas.front(), first, allowed * first) << kind << " " << rule;
                EXPECT_NEAR(sigmas.back(), last, allowed * last) << kind << " " << rule;
                for (std::size_t i = 1; i < sigmas.size(); ++i) ASSERT_LT(sigmas[i], sigmas[i - 1]) << kind << rule;
            }
        }
    }
}

}  // namespace
}  // namespace sigmaflow
