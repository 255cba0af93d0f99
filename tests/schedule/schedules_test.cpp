#include "sigmaflow/schedule/schedules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>

#include "sigmaflow/schedule/coefficients.hpp"
#include "sigmaflow/schedule/registry.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

struct Named {
    const char* kind;
    Value::Table parameters;
};

std::vector<Named> all_kinds() {
    return {{"edm", {}},
            {"ve", {}},
            {"vp", {}},
            {"subvp", {}},
            {"ou", {}},
            {"table",
             {{"t", Value::List{0.0, 0.2, 0.5, 0.7, 1.0}},
              {"s", Value::List{1.0, 0.9, 0.6, 0.4, 0.1}},
              {"sigma", Value::List{0.01, 0.1, 1.0, 3.0, 40.0}}}}};
}

Parameters parameters(const Named& named) { return {schedules().at(named.kind).kind, named.parameters, {}}; }

std::unique_ptr<Schedule> make(const Named& named) { return schedules().at(named.kind).make(parameters(named)); }

TEST(Schedules, EveryKindIsTested) { EXPECT_EQ(all_kinds().size(), schedules().names().size()); }

// Values of docs/theory.md, section 2, to their printed digits.
TEST(Schedules, VpHasThePublishedEnds) {
    const auto vp = make({"vp", {}});
    EXPECT_NEAR(vp->sigma_max(), 152.16697028394637, 1e-12 * 152.0);
    EXPECT_NEAR(vp->sigma_min(), 0.010485992786702987, 1e-15);
}

// Kernel of each schedule from its definition, written independently of the code's algebra.
TEST(Schedules, KernelsFollowTheirDefinitions) {
    for (const double t : {0.01, 0.1, 0.37, 0.8, 1.0}) {
        const double s = std::exp(-0.25 * t * t * 19.9 - 0.5 * t * 0.1);
        const Scale vp = make({"vp", {}})->at(t);
        EXPECT_NEAR(vp.s, s, 1e-15);
        EXPECT_NEAR(vp.s * vp.s * vp.sigma * vp.sigma, 1.0 - s * s, 1e-14);
        const Scale subvp = make({"subvp", {}})->at(t);
        EXPECT_NEAR(subvp.s, s, 1e-15);
        EXPECT_NEAR(subvp.s * subvp.sigma, 1.0 - s * s, 1e-14);
        const Scale ou = make({"ou", {}})->at(t);
        EXPECT_NEAR(ou.s * ou.s * (1.0 + ou.sigma * ou.sigma), 1.0, 1e-14);
        EXPECT_NEAR(make({"ve", {}})->at(t).sigma, 0.01 * std::pow(5000.0, t), 1e-12 * std::pow(5000.0, t));
    }
}

TEST(Schedules, TimeOfSigmaInvertsSigma) {
    std::mt19937_64 random(1);
    for (const auto& named : all_kinds()) {
        const auto schedule = make(named);
        std::uniform_real_distribution<double> t(schedule->t_min(), schedule->t_max());
        for (int i = 0; i < 200; ++i) {
            const double sigma = schedule->at(t(random)).sigma;
            EXPECT_NEAR(schedule->at(schedule->t_of_sigma(sigma)).sigma, sigma, 1e-11 * sigma) << named.kind;
        }
    }
}

// (s, sigma) -> (f, g): f = (ln s)', g = s sqrt(2 sigma sigma') by central differences, whose error is O(h^2).
TEST(Schedules, CoefficientsAreTheDerivativesOfTheScale) {
    for (const auto& named : all_kinds()) {
        const auto schedule = make(named);
        for (int i = 1; i < 20; ++i) {
            if (std::string(named.kind) == "table" && i % 2 == 0) continue;  // away from the knots
            const double t = schedule->t_min() + (schedule->t_max() - schedule->t_min()) * (i + 0.11) / 21.0;
            const double h = 1e-5 * t;
            const Scale low = schedule->at(t - h);
            const Scale high = schedule->at(t + h);
            const Scale here = schedule->at(t);
            const double f = (std::log(high.s) - std::log(low.s)) / (2.0 * h);
            const double g = here.s * std::sqrt((high.sigma * high.sigma - low.sigma * low.sigma) / (2.0 * h));
            const Coefficients exact = schedule->coefficients(t);
            const ScaleRates rates = schedule->rates(t);
            EXPECT_NEAR(rates.s, here.s * f, 1e-5 * (1.0 + std::abs(f))) << named.kind << " at t = " << t;
            EXPECT_NEAR(rates.sigma * 2.0 * h, high.sigma - low.sigma, 1e-5 * (high.sigma - low.sigma)) << named.kind;
            EXPECT_NEAR(exact.f, f, 1e-5 * (1.0 + std::abs(f))) << named.kind << " at t = " << t;
            EXPECT_NEAR(exact.g, g, 1e-5 * (1.0 + g)) << named.kind << " at t = " << t;
        }
    }
}

// (f, g) -> (s, sigma) -> (f, g): integrating the coefficients gives the scale back. The table is only piecewise
// smooth, so its panels converge slower.
TEST(Schedules, IntegratedCoefficientsGiveTheScaleBack) {
    double worst = 0.0;
    for (const auto& named : all_kinds()) {
        const auto schedule = make(named);
        const bool smooth = std::string(named.kind) != "table";
        const double from = schedule->t_min();
        const auto coefficients = [&](double t) { return schedule->coefficients(t); };
        for (const double share : {0.3, 1.0}) {
            const double t = from + share * (schedule->t_max() - from);
            const Scale back = integrate_coefficients(coefficients, from, schedule->at(from), t, smooth ? 64 : 1000);
            const Scale exact = schedule->at(t);
            const double tolerance = smooth ? 1e-11 : 1e-5;
            EXPECT_NEAR(back.s, exact.s, tolerance * exact.s) << named.kind;
            EXPECT_NEAR(back.sigma, exact.sigma, tolerance * exact.sigma) << named.kind;
            if (smooth) worst = std::max(worst, std::abs(back.sigma / exact.sigma - 1.0));
        }
    }
    testing_support::claim("schedule-round-trip", worst);
}

}  // namespace
}  // namespace sigmaflow
