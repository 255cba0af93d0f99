#include "sigmaflow/stability/mixture_reduction.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "stability/laws_at_hand.hpp"

namespace sigmaflow {
namespace {

using testing_support::cloud;
using testing_support::law_of;
using testing_support::numbers;
using testing_support::planar_mixture;

/// Merging keeps mean and covariance, down to one Gaussian that has those of the law.
TEST(MixtureReduction, KeepsMoments) {
    for (int seed = 0; seed < 10; ++seed) {
        const auto law = planar_mixture(seed);
        const auto mixture = *law->mixture(64);
        const Moments exact = moments_of(mixture);
        MixtureReduction reduction(mixture, 0.3);
        for (int size = static_cast<int>(mixture.components.size()); size >= 1; --size) {
            ASSERT_EQ(reduction.size(), size);
            const Moments left = moments_of(reduction.law());
            // Eigen-decompositions of 2 x 2 matrices on the way.
            EXPECT_LE((left.mean - exact.mean).norm(), 1e-13);
            EXPECT_LE((left.covariance - exact.covariance).norm(), 1e-12);
            if (size > 1) reduction.merge_once();
        }
    }
}

/// Two pairs: first the near points meet, then the pairs, whatever the order of the list.
TEST(MixtureReduction, MergesNearComponentsFirst) {
    const auto law = cloud({{0.0}, {5.0}, {0.1}, {5.3}}, {1.0, 2.0, 1.0, 2.0});
    MixtureReduction reduction(*law->mixture(4), 0.2);
    reduction.merge_once();
    reduction.merge_once();
    const MixtureLaw pairs = reduction.law();
    std::vector<double> means;
    for (const auto& component : pairs.components) means.push_back(component.mean[0]);
    std::sort(means.begin(), means.end());
    EXPECT_NEAR(means[0], 0.05, 1e-14);
    EXPECT_NEAR(means[1], 5.15, 1e-14);
    EXPECT_NEAR(pairs.weights.minCoeff(), 1.0 / 3.0, 1e-15);
}

AnalysisRecord recorded(const Analysis& analysis, const Distribution& law, int part) {
    AnalysisRecord out(analysis.fields(law));
    analysis.run({law, {3, 4}}, part, out);
    return out;
}

Parameters parameters_of(const Kind& kind, const Value::Table& given) { return {kind, given, {}}; }

/// KL of two equal deltas at +-1 with noise from the Gaussian of variance 1 + sigma^2, by quadrature.
double divergence_from_one(double sigma) {
    double out = 0.0;
    constexpr int kPlaces = 20000;
    const double reach = 1.0 + 10.0 * sigma;
    const double width = 2.0 * reach / kPlaces;
    const double s = sigma * sigma;
    for (int i = 0; i < kPlaces; ++i) {
        const double x = -reach + (i + 0.5) * width;
        const double p = 0.5 *
                         (std::exp(-(x - 1.0) * (x - 1.0) / (2.0 * s)) + std::exp(-(x + 1.0) * (x + 1.0) / (2.0 * s))) /
                         std::sqrt(2.0 * std::numbers::pi * s);
        const double log_q = -x * x / (2.0 * (1.0 + s)) - 0.5 * std::log(2.0 * std::numbers::pi * (1.0 + s));
        if (p > 0.0) out += width * p * (std::log(p) - log_q);
    }
    return out;
}

TEST(Approximation, DivergenceFromOneGaussianIsThatOfQuadrature) {
    const auto law = law_of("two_deltas", {{"dim", Value(1)}});
    const ApproximationAnalysis analysis(parameters_of(
        approximation_kind(), {{"sigma_min", Value(0.2)}, {"sigma_max", Value(3.0)}, {"levels", Value(4)}}));
    for (int part = 0; part < 4; ++part) {
        auto record = recorded(analysis, *law, part);
        const double expected = divergence_from_one(record.reals("sigma")[0]);
        // Five standard errors: four levels of one seed.
        EXPECT_NEAR(record.reals("divergence")[0], expected, 5.0 * record.reals("divergence_error")[0]) << part;
        EXPECT_EQ(record.reals("divergence")[1], 0.0);
        EXPECT_TRUE(std::isnan(record.reals("divergence")[2]));
        EXPECT_EQ(record.integers("needed")[0], expected > 0.02 ? 2 : 1) << part;
    }
}

/// Eight corners: at small sigma all are needed, at large sigma one Gaussian.
TEST(Approximation, FewerGaussiansAreNeededAsNoiseGrows) {
    const auto law = law_of("hypercube", {{"dim", Value(3)}, {"radius", Value(1.0)}});
    const ApproximationAnalysis analysis(parameters_of(
        approximation_kind(), {{"sigma_min", Value(0.1)}, {"sigma_max", Value(5.0)}, {"levels", Value(8)}}));
    std::int64_t last = 0;
    for (int part = 0; part < 8; ++part) {
        auto record = recorded(analysis, *law, part);
        EXPECT_GE(record.integers("needed")[0], last) << part;
        last = record.integers("needed")[0];
        EXPECT_TRUE(part > 0 || last == 1);
    }
    EXPECT_EQ(last, 8);
}

TEST(Approximation, LawsThatAreNoMixturesAreRefused) {
    const ApproximationAnalysis analysis(parameters_of(approximation_kind(), {}));
    EXPECT_NE(analysis.mismatch(*law_of("ellipsoid_shell", {{"dim", Value(2)}})), "");
    EXPECT_EQ(analysis.mismatch(*law_of("ring", {})), "");
}

}  // namespace
}  // namespace sigmaflow
