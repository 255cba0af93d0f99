#include "sigmaflow/schedule/schedules.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "schedule/generators.hpp"

namespace sigmaflow {
namespace {

std::unique_ptr<Schedule> make(const char* kind, const Value::Table& given = {}) {
    return testing_support::make_schedule(kind, given).schedule;
}

// Values of docs/theory.md, section 2, to their printed digits.
TEST(Schedules, VpHasThePublishedEnds) {
    const auto vp = make("vp");
    EXPECT_NEAR(vp->sigma_max(), 152.16697028394637, 1e-12 * 152.0);
    EXPECT_NEAR(vp->sigma_min(), 0.010485992786702987, 1e-15);
}

// Kernel of each schedule from its definition, written independently of the code's algebra.
TEST(Schedules, KernelsFollowTheirDefinitions) {
    for (const double t : {0.01, 0.1, 0.37, 0.8, 0.99}) {
        const double s = std::exp(-0.25 * t * t * 19.9 - 0.5 * t * 0.1);
        const Scale vp = make("vp")->at(t);
        EXPECT_NEAR(vp.s, s, 1e-15);
        EXPECT_NEAR(vp.s * vp.s * vp.sigma * vp.sigma, 1.0 - s * s, 1e-14);
        const Scale subvp = make("subvp")->at(t);
        EXPECT_NEAR(subvp.s, s, 1e-15);
        EXPECT_NEAR(subvp.s * subvp.sigma, 1.0 - s * s, 1e-14);
        const Scale ou = make("ou")->at(t);
        EXPECT_NEAR(ou.s, std::exp(-t), 1e-15);
        EXPECT_NEAR(ou.s * ou.s * ou.sigma * ou.sigma, 1.0 - std::exp(-2.0 * t), 1e-14);
        EXPECT_NEAR(make("ve")->at(t).sigma, 0.01 * std::pow(5000.0, t), 1e-12 * std::pow(5000.0, t));
        EXPECT_EQ(make("edm")->at(t).sigma, t);
        EXPECT_EQ(make("sqrt")->at(t).sigma, std::sqrt(t));
        const Scale rectified = make("rectified")->at(t);
        EXPECT_EQ(rectified.s, 1.0 - t);
        EXPECT_NEAR(rectified.s * rectified.sigma, t, 1e-15);
    }
}

// dy = dW (document 002): f = 0, g = 1; the straight line's velocity field, f = -1/(1-t).
TEST(Schedules, CoefficientsHaveTheirClosedForms) {
    EXPECT_EQ(make("sqrt")->coefficients(3.0).f, 0.0);
    EXPECT_EQ(make("sqrt")->coefficients(3.0).g, 1.0);
    EXPECT_EQ(make("rectified")->coefficients(0.5).f, -2.0);
    EXPECT_NEAR(make("rectified")->coefficients(0.5).g, std::sqrt(2.0), 1e-15);
    EXPECT_NEAR(make("edm")->coefficients(2.0).g, 2.0, 1e-15);
    EXPECT_EQ(make("ou")->coefficients(0.7).f, -1.0);
    EXPECT_NEAR(make("ou")->coefficients(0.7).g, std::sqrt(2.0), 1e-15);
}

TEST(Schedules, RectifiedEndsBeforeTheSingularity) {
    const auto rectified = make("rectified");
    EXPECT_NEAR(rectified->sigma_max(), 999.0, 1e-9);
    EXPECT_NEAR(rectified->sigma_min(), 1e-3 / 0.999, 1e-15);
    EXPECT_THROW((void)make("rectified", {{"t_max", 1.0}}), InputError);
    EXPECT_THROW((void)make("rectified", {{"t_min", 0.9}, {"t_max", 0.5}}), InputError);
}

TEST(Schedules, OnlyThoseOfScaleOneSaySo) {
    for (const char* kind : {"edm", "ve", "sqrt", "iddpm"}) EXPECT_TRUE(make(kind)->has_unit_scale()) << kind;
    for (const char* kind : {"vp", "subvp", "ou", "rectified", "ddpm", "cosine"}) {
        EXPECT_FALSE(make(kind)->has_unit_scale()) << kind;
    }
}

}  // namespace
}  // namespace sigmaflow
