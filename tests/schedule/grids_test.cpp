#include <gtest/gtest.h>

#include <cmath>

#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow {
namespace {

std::vector<double> grid(const char* kind, const Value::Table& given) {
    const auto& entry = schedules().at(kind);
    const Parameters parameters(entry.kind, given, {});
    return make_grid(*entry.make(parameters), parameters);
}

// Karras et al. 2022, eq. 5, for n = 18: computed independently with 30 digits.
TEST(Grids, RhoIsTheEdmGrid) {
    const auto sigmas = grid("edm", {});
    ASSERT_EQ(sigmas.size(), 18U);
    EXPECT_EQ(sigmas.front(), 80.0);
    EXPECT_EQ(sigmas.back(), 0.002);
    const double a = std::pow(80.0, 1.0 / 7.0);
    const double b = std::pow(0.002, 1.0 / 7.0);
    for (int i = 0; i < 18; ++i) {
        const double expected = std::pow(a + i / 17.0 * (b - a), 7.0);
        EXPECT_NEAR(sigmas[static_cast<std::size_t>(i)], expected, 1e-13 * expected);
    }
    EXPECT_NEAR(sigmas[1], 57.58598, 1e-4);  // as printed by the reference implementation of EDM
}

TEST(Grids, LogHasEqualRatios) {
    const auto sigmas = grid("edm", {{"grid", "log"}, {"steps", 33}});
    for (std::size_t i = 1; i < sigmas.size(); ++i) {
        EXPECT_NEAR(std::log(sigmas[i - 1] / sigmas[i]), std::log(40000.0) / 32.0, 1e-12);
    }
}

TEST(Grids, OwnIsEvenInTheSchedulesTime) {
    const auto& entry = schedules().at("vp");
    const Parameters parameters(entry.kind, {{"steps", 11}}, {});
    const auto vp = entry.make(parameters);
    const auto sigmas = make_grid(*vp, parameters);
    for (std::size_t i = 0; i < sigmas.size(); ++i) {
        EXPECT_NEAR(vp->t_of_sigma(sigmas[i]), 1.0 - 0.0999 * static_cast<double>(i), 1e-12);
    }
}

TEST(Grids, FinalZeroIsAnExplicitExtra) {
    const auto without = grid("edm", {{"steps", 5}});
    auto with = grid("edm", {{"steps", 5}, {"final_zero", true}});
    ASSERT_EQ(with.size(), 6U);
    EXPECT_EQ(with.back(), 0.0);
    with.pop_back();
    EXPECT_EQ(with, without);
}

// By hand: ln sigma runs as (1 - u)^exponent; k-diffusion's function of that name.
TEST(Grids, PolyexponentialBendsTheLogarithm) {
    const auto sigmas = grid("edm", {{"grid", "polyexponential"}, {"exponent", 2.0}, {"steps", 5}});
    const double range = std::log(40000.0);
    for (int i = 0; i < 5; ++i) {
        const double expected = std::exp(std::log(0.002) + std::pow(1.0 - i / 4.0, 2.0) * range);
        EXPECT_NEAR(sigmas[static_cast<std::size_t>(i)], expected, 1e-13 * expected);
    }
    EXPECT_EQ(grid("edm", {{"grid", "polyexponential"}, {"steps", 9}}), grid("edm", {{"grid", "log"}, {"steps", 9}}));
    EXPECT_EQ(grid("edm", {{"grid", "logsnr"}, {"steps", 9}}), grid("edm", {{"grid", "log"}, {"steps", 9}}));
}

TEST(Grids, TanIsEvenInTheAngle) {
    for (const double c : {1e-3, 0.3, 1.0, 200.0}) {
        const auto sigmas = grid("edm", {{"grid", "tan"}, {"c", c}, {"steps", 33}});
        const double step = (std::atan(80.0 / c) - std::atan(0.002 / c)) / 32.0;
        for (std::size_t i = 1; i < sigmas.size(); ++i) {
            const double angle = std::atan(sigmas[i - 1] / c) - std::atan(sigmas[i] / c);
            EXPECT_NEAR(angle, step, 4e-16 * 8.0) << c << " " << i;  // a difference of angles up to pi/2
        }
    }
}

/// Euler's factor on N(0, c^2) over the exact one is prod cos(phi_i - phi_{i+1}) <= 1: of all grids with these ends and
/// n sigmas, equal angles make it greatest (ln cos is concave).
TEST(Grids, TanIsTheBestForEulerOnAGaussian) {
    const auto loss = [](const std::vector<double>& sigmas) {
        double product = 1.0;
        for (std::size_t i = 1; i < sigmas.size(); ++i)
            product *= std::cos(std::atan(sigmas[i - 1]) - std::atan(sigmas[i]));
        return 1.0 - product;
    };
    const double best = loss(grid("edm", {{"grid", "tan"}, {"steps", 18}}));
    for (const char* other : {"own", "rho", "log"})
        EXPECT_GT(loss(grid("edm", {{"grid", other}, {"steps", 18}})), best);
    auto moved = grid("edm", {{"grid", "tan"}, {"steps", 18}});
    for (std::size_t i = 1; i + 1 < moved.size(); ++i) {
        const double kept = moved[i];
        for (const double factor : {0.99, 1.01}) {
            moved[i] = kept * factor;
            EXPECT_GT(loss(moved), best) << i;
        }
        moved[i] = kept;
    }
}

TEST(Grids, ListStandsAsGiven) {
    const Value::List sigmas{200.0, 3.0, 0.5};
    EXPECT_EQ(grid("edm", {{"grid", "list"}, {"sigmas", sigmas}}), (std::vector<double>{200.0, 3.0, 0.5}));
    EXPECT_EQ(grid("vp", {{"grid", "list"}, {"sigmas", sigmas}}).size(), 3U);
}

TEST(Grids, TellTheirParameters) {
    for (const auto& schedule : schedules().names()) {
        for (const auto& name : grids().names()) {
            for (const auto& parameter : grids().at(name).kind.parameters) {
                EXPECT_NE(schedules().at(schedule).kind.find(parameter.name), nullptr)
                    << schedule << " " << parameter.name;
            }
        }
    }
}

void expect_refused(const char* kind, const Value::Table& given, const std::string& fragment) {
    try {
        (void)grid(kind, given);
        ADD_FAILURE() << "accepted; expected a message with '" << fragment << "'";
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find(fragment), std::string::npos) << error.what();
    }
}

TEST(Grids, ImpossibleOnesAreRefusedWithTheReason) {
    expect_refused("edm", {{"sigma_min", 3.0}, {"sigma_max", 2.0}}, "greater than sigma_min");
    expect_refused("vp", {{"sigma_max", 1e4}}, "the schedule goes from");
    expect_refused("vp", {{"sigma_min", 1e-6}}, "the schedule goes from");
    expect_refused("edm", {{"grid", "list"}}, "needs it");
    expect_refused("edm", {{"grid", "list"}, {"sigmas", Value::List{1.0, 2.0}}}, "strictly decreasing");
    expect_refused("edm", {{"steps", 1}}, "integer");
    expect_refused("edm", {{"grid", "logg"}}, "did you mean 'log'");
    expect_refused("vp", {{"grid", "list"}, {"sigmas", Value::List{200.0, 1.0}}, {"coordinates", "scaled"}},
                   "where the schedule goes");
}

}  // namespace
}  // namespace sigmaflow
