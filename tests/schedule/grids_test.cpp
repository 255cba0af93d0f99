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

TEST(Grids, TheRowsOfATableAreItsOwnGrid) {
    const Value::Table given = {{"t", Value::List{0.0, 1.0, 2.0, 3.0}}, {"sigma", Value::List{0.1, 0.3, 2.0, 7.0}}};
    EXPECT_EQ(grid("table", given), (std::vector<double>{7.0, 2.0, 0.3, 0.1}));
}

TEST(Grids, FinalZeroIsAnExplicitExtra) {
    const auto without = grid("edm", {{"steps", 5}});
    auto with = grid("edm", {{"steps", 5}, {"final_zero", true}});
    ASSERT_EQ(with.size(), 6U);
    EXPECT_EQ(with.back(), 0.0);
    with.pop_back();
    EXPECT_EQ(with, without);
}

TEST(Grids, EveryGridDecreasesFromMaxToMin) {
    for (const char* kind : {"edm", "ve", "vp", "subvp", "ou"}) {
        for (const char* rule : {"own", "rho", "log"}) {
            const auto sigmas = grid(kind, {{"grid", rule}, {"steps", 50}, {"sigma_min", 0.02}, {"sigma_max", 40.0}});
            EXPECT_EQ(sigmas.front(), 40.0) << kind << " " << rule;
            EXPECT_EQ(sigmas.back(), 0.02) << kind << " " << rule;
            for (std::size_t i = 1; i < sigmas.size(); ++i) EXPECT_LT(sigmas[i], sigmas[i - 1]) << kind << rule;
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
    expect_refused("table", {}, "either 'file' or");
    expect_refused("table", {{"file", "/nowhere.csv"}}, "cannot read");
    expect_refused("table", {{"t", Value::List{0.0, 1.0, 2.0, 3.0}}, {"sigma", Value::List{0.1, 0.3, 0.2, 7.0}}},
                   "row 3");
}

}  // namespace
}  // namespace sigmaflow
