// Information and collapse: closed forms, three estimators against each other, and dI/d sigma^-2 = mmse/2.
#include <gtest/gtest.h>

#include <cmath>

#include "sigmaflow/schedule/information_rates.hpp"
#include "sigmaflow/stability/information_curve.hpp"
#include "sigmaflow/stability/speciation.hpp"
#include "stability/laws_at_hand.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::law_of;
using testing_support::numbers;
using testing_support::OpaqueLaw;
using testing_support::two_clusters;

constexpr StreamKey kKey{2024, 7};

TEST(Information, OfAGaussianIsItsClosedForm) {
    const auto law = law_of("gaussian", {{"variances", numbers({4.0, 0.25, 0.0})}});
    InformationCurve curve(*law, kKey, 10);
    EXPECT_EQ(curve.method(), InformationMethod::closed_form);
    for (const double sigma : {0.01, 1.0, 30.0}) {
        const MeanEstimate value = curve(sigma);
        const double s = sigma * sigma;
        EXPECT_NEAR(value.mean, 0.5 * (std::log1p(4.0 / s) + std::log1p(0.25 / s)), 1e-13);
        EXPECT_EQ(value.error, 0.0);
    }
}

// The control variate leaves nothing to chance for a Gaussian.
TEST(Information, BeyondTheGaussianOneIsExactForGaussians) {
    const auto law = law_of("gaussian", {{"variances", numbers({4.0, 0.25})}, {"mean", numbers({1.0, -3.0})}});
    const OpaqueLaw opaque(*law);
    InformationCurve curve(opaque, kKey, 64);
    EXPECT_EQ(curve.method(), InformationMethod::normal_excess);
    for (const double sigma : {0.1, 1.0, 10.0}) {
        EXPECT_NEAR(curve(sigma).mean, 0.5 * (std::log1p(4.0 / sigma / sigma) + std::log1p(0.25 / sigma / sigma)),
                    1e-12);
        EXPECT_LE(curve(sigma).error, 1e-13);
    }
}

// The collapse times of 20000 points, d = 256: one cluster, and the law of two with its ln 2 more; 25 digits by mpmath.
TEST(Collapse, OfTwoClustersInBothDefinitions) {
    const std::vector<std::tuple<int, double, double>> expected{{256, 1.2987896867558650626, 1.3337308785480498273},
                                                                {1024, 1.9775467186321604695, 2.0134878601580484784},
                                                                {4096, 2.6670744411666034841, 2.7032685201949020292}};
    double one = 0.0;
    double own = 0.0;
    for (const auto& [dim, one_cluster, both] : expected) {
        const double sigma = gaussian_collapse(Eigen::VectorXd::Ones(dim), std::log(20000.0));
        one = std::max(one, std::abs(ou_time(sigma) - one_cluster));
        const auto law = two_clusters(dim);
        InformationCurve curve(*law, kKey, 10);
        EXPECT_EQ(curve.method(), InformationMethod::quadrature);
        const Collapse collapse = collapse_point(curve, std::log(20000.0), 1.0);
        own = std::max(own, std::abs(ou_time(collapse.sigma) - both));
        EXPECT_EQ(collapse.error, 0.0);
        if (dim == 256) {
            claim("one-cluster-collapse-256", ou_time(sigma) - 1.2987896867558646);
            claim("own-collapse-256", ou_time(collapse.sigma));
        }
    }
    EXPECT_LE(one, 2e-14);  // the condition number of N^(2/d) - 1 at d = 4096 is 20
    EXPECT_LE(own, 2e-13);
    claim("collapse-one-cluster", one);
    claim("collapse-own", own);
}

TEST(Collapse, OfOneGaussianIsItsClosedForm) {
    for (const double n : {10.0, 1e3, 1e6}) {
        for (const int dim : {1, 7, 300}) {
            const double expected = 1.5 / std::sqrt(std::expm1(2.0 / dim * std::log(n)));
            EXPECT_NEAR(gaussian_collapse(Eigen::VectorXd::Constant(dim, 2.25), std::log(n)) / expected, 1.0, 1e-13);
        }
    }
    EXPECT_EQ(gaussian_collapse(Eigen::VectorXd::Zero(3), 1.0), 0.0);
}

// A law of four points knows no more than ln 4: five are never told apart.
TEST(Collapse, IsNotReachedByLawsOfFewPoints) {
    const auto law = law_of("hypercube", {{"dim", 2}, {"width", 0.0}});
    InformationCurve curve(*law, kKey, 500);
    EXPECT_NEAR(curve(1e-3).mean, std::log(4.0), 1e-12);
    EXPECT_TRUE(std::isnan(collapse_point(curve, std::log(5.0), 1.0).sigma));
    EXPECT_TRUE(std::isfinite(collapse_point(curve, std::log(3.0), 1.0).sigma));
}

// One law, three ways to know its information.
TEST(Information, IsTheSameByEveryMethod) {
    const auto law = law_of("gaussian_mixture", {{"means", Value::List{numbers({-1.5, 0.0}), numbers({1.5, 0.0})}},
                                                 {"weights", numbers({0.3, 0.7})},
                                                 {"widths", numbers({0.3, 0.3})}});
    const OpaqueLaw opaque(*law);
    // The same law with a third component of the same place as the second, off the line by a hair.
    const auto split = law_of("gaussian_mixture",
                              {{"means", Value::List{numbers({-1.5, 0.0}), numbers({1.5, 0.0}), numbers({1.5, 1e-9})}},
                               {"weights", numbers({0.3, 0.4, 0.3})},
                               {"widths", numbers({0.3, 0.3, 0.3})}});
    InformationCurve exact(*law, kKey, 10);
    InformationCurve components(*split, kKey, 20000);
    InformationCurve excess(opaque, kKey, 20000);
    EXPECT_EQ(exact.method(), InformationMethod::quadrature);
    EXPECT_EQ(components.method(), InformationMethod::components);
    EXPECT_EQ(excess.method(), InformationMethod::normal_excess);
    double worst = 0.0;
    for (const double sigma : {0.05, 0.3, 0.8, 1.5, 4.0}) {
        const double truth = exact(sigma).mean;
        for (InformationCurve* curve : {&components, &excess}) {
            const MeanEstimate value = (*curve)(sigma);
            EXPECT_LE(value.error, 0.01);
            worst = std::max(worst, std::abs(value.mean - truth) / (value.error + 1e-9));
        }
    }
    EXPECT_LE(worst, 4.0);
    claim("information-methods", worst);
    const Collapse known = collapse_point(exact, 2.0, 1.0);
    const Collapse drawn = collapse_point(excess, 2.0, 1.0);
    EXPECT_GT(drawn.error, 0.0);
    EXPECT_NEAR(drawn.sigma, known.sigma, 4.0 * drawn.error);
}

// Components that differ in shape, whose own information differs.
TEST(Information, OfUnequalComponentsAddsTheirs) {
    const auto law = law_of("gaussian_mixture", {{"means", Value::List{numbers({-50.0, 0.0}), numbers({50.0, 0.0})}},
                                                 {"weights", numbers({0.25, 0.75})},
                                                 {"widths", numbers({1.0, 0.1})}});
    InformationCurve curve(*law, kKey, 100);
    const double expected =
        0.25 * std::log(2.0) + 0.75 * std::log(1.01) - 0.25 * std::log(0.25) - 0.75 * std::log(0.75);
    EXPECT_NEAR(curve(1.0).mean, expected, 1e-12);  // the components never meet
}

// -dI/d ln sigma = mmse/sigma^2 (Guo, Shamai and Verdu), mmse from draws of its own.
TEST(Information, FallsAsTheMmseSays) {
    for (const char* kind : {"ring", "ellipsoid_shell"}) {
        const bool ring = std::string(kind) == "ring";
        const auto law =
            ring ? law_of(kind, {{"count", 5}, {"width", 0.2}}) : law_of(kind, {{"axes", numbers({1.0, 2.0, 0.5})}});
        InformationCurve curve(*law, kKey, 8000);
        InformationRates rates(*law, 8000);
        EXPECT_EQ(curve.method(), ring ? InformationMethod::components : InformationMethod::normal_excess);
        for (const double sigma : {0.2, 0.6, 2.0}) {
            // The error of a difference with the same draws is of the order of the step.
            const double h = 0.02;
            const double fall = (curve(sigma * std::exp(-h)).mean - curve(sigma * std::exp(h)).mean) / (2.0 * h);
            EXPECT_NEAR(fall / rates.entropy(sigma), 1.0, 0.03) << kind << ' ' << sigma;
        }
    }
}

}  // namespace
}  // namespace sigmaflow
