#include "sigmaflow/stability/relaxation_analysis.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "stability/laws_at_hand.hpp"

namespace sigmaflow {
namespace {

using testing_support::law_of;
using testing_support::numbers;

AnalysisRecord relaxed(const Distribution& law, double sigma) {
    const RelaxationAnalysis analysis(Parameters(
        relaxation_kind(),
        {{"sigma_min", Value(sigma)}, {"sigma_max", Value(sigma)}, {"levels", Value(1)}, {"samples", Value(200)}}, {}));
    AnalysisRecord out(analysis.fields(law));
    analysis.run({law, {3, 4}}, 0, out);
    return out;
}

/// On Gaussian data J has the eigenvalues sigma^2/(lambda + sigma^2), everywhere: means have no error.
TEST(Relaxation, OfAGaussianIsItsClosedForm) {
    const auto law = law_of("gaussian", {{"variances", numbers({4.0, 1.0, 0.0})}});
    auto small = relaxed(*law, 0.5);
    EXPECT_EQ(small.reals("tangent_dimension")[0], 2.0);
    EXPECT_NEAR(small.reals("normal_rate")[0], 1.0, 1e-15);
    EXPECT_NEAR(small.reals("tangent_rate")[0], 0.5 * (0.25 / 4.25 + 0.25 / 1.25), 1e-14);
    EXPECT_NEAR(small.reals("gap")[0], 1.0 - 0.25 / 1.25, 1e-14);
    EXPECT_LE(small.reals("tangent_rate_error")[0], 1e-15);
    auto large = relaxed(*law, 10.0);
    EXPECT_EQ(large.reals("tangent_dimension")[0], 0.0);
    EXPECT_TRUE(std::isnan(large.reals("tangent_rate")[0]));
    EXPECT_NEAR(large.reals("normal_rate")[0], (100.0 / 104.0 + 100.0 / 101.0 + 1.0) / 3.0, 1e-14);
}

/// Near a round shell of radius R at noise sigma << R: d - 1 tangent directions of rate 1 - R/r A/.., of size sigma/R,
/// and the normal one of rate 1 up to (sigma/R)^2.
TEST(Relaxation, OfAShellHasOneNormalDirection) {
    const auto law = law_of("ellipsoid_shell", {{"dim", Value(4)}, {"radius", Value(2.0)}});
    auto record = relaxed(*law, 0.02);
    EXPECT_EQ(record.reals("tangent_dimension")[0], 3.0);
    EXPECT_NEAR(record.reals("normal_rate")[0], 1.0, 1e-3);
    EXPECT_NEAR(record.reals("tangent_rate")[0], 0.0, 1e-2);
}

}  // namespace
}  // namespace sigmaflow
