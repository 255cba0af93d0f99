// Derivatives, integrals and inverses of functions known by their values.
#include <gtest/gtest.h>

#include <cmath>

#include "sigmaflow/numerics/antiderivative.hpp"
#include "sigmaflow/numerics/derivative.hpp"
#include "sigmaflow/numerics/inverse.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

// Rounding of f over the step: 1e-16 |f| / 0.1 and a factor for the extrapolation.
TEST(Derivatives, AreGoodToRoundingOverTheStep) {
    for (const double x : {-2.0, 0.1, 1.0, 3.0}) {
        EXPECT_NEAR(derivative([](double t) { return std::exp(t); }, x, 0.1), std::exp(x), 2e-13 * std::exp(x));
        EXPECT_NEAR(derivative([](double t) { return std::sin(t); }, x, 0.1), std::cos(x), 2e-13);
        EXPECT_NEAR(derivative([](double t) { return t * t * t; }, x, 0.1), 3.0 * x * x, 1e-12 * (1.0 + x * x));
    }
}

TEST(Derivatives, FindASmallerStepWhereTheFunctionEnds) {
    const auto root = [](double t) { return std::sqrt(t); };
    EXPECT_NEAR(derivative(root, 1e-4, 0.1), 50.0, 1e-8);
    EXPECT_NEAR(derivative([](double t) { return std::log(1.0 - t); }, 0.999, 0.1), -1000.0, 1e-7);
    EXPECT_NEAR(derivative([](double t) { return std::sin(1e4 * t); }, 0.3, 0.1), 1e4 * std::cos(3e3), 1e-5);
    EXPECT_TRUE(std::isnan(derivative(root, 0.0, 0.1)));
}

TEST(Antiderivatives, OfSmoothFunctionsAreGoodToRounding) {
    double worst = 0.0;
    const Antiderivative exponential([](double t) { return std::exp(20.0 * t); }, 0.0, 1.0);
    const Antiderivative pole([](double t) { return 1.0 / ((1.0 - t) * (1.0 - t)); }, 0.0, 0.999);
    for (const double t : {1e-9, 1e-3, 0.11, 0.5, 0.77, 0.998, 0.999}) {
        const double first = std::expm1(20.0 * t) / 20.0;
        const double second = t / (1.0 - t);  // whose argument is rounded: eps t / (1-t)
        EXPECT_NEAR(exponential(t), first, 1e-14 * first) << t;
        EXPECT_NEAR(pole(t), second, (1e-14 + 1e-15 / (1.0 - t)) * second) << t;
        worst = std::max(worst, std::abs(exponential(t) / first - 1.0));
    }
    testing_support::claim("antiderivative", worst);
    EXPECT_EQ(exponential(0.0), 0.0);
    EXPECT_EQ(exponential(2.0), exponential(1.0));
}

// Runge's function is even: every second coefficient vanishes long before the others are small.
TEST(Antiderivatives, OfSymmetricFunctionsAreNotDoneTooEarly) {
    const Antiderivative runge([](double t) { return 1.0 / (1.0 + 25.0 * t * t); }, -1.0, 1.0);
    EXPECT_NEAR(runge(1.0), 0.4 * std::atan(5.0), 1e-15);
    EXPECT_NEAR(runge(0.0), 0.2 * std::atan(5.0), 1e-15);
}

TEST(Antiderivatives, EncloseJumps) {
    const Antiderivative step([](double t) { return t < 0.3 ? 1.0 : 5.0; }, 0.0, 1.0);
    EXPECT_NEAR(step(0.2), 0.2, 1e-12);
    EXPECT_NEAR(step(1.0), 0.3 + 3.5, 1e-12);
    EXPECT_LT(step.panels(), 200U);
}

TEST(Antiderivatives, SayWhereAFunctionFails) {
    EXPECT_THROW(Antiderivative([](double t) { return std::sqrt(t - 0.5); }, 0.0, 1.0), std::domain_error);
    EXPECT_THROW(Antiderivative([](double t) { return std::sin(1e9 * t); }, 0.0, 1.0), std::domain_error);
}

TEST(Inverses, OfIncreasingFunctionsAreGoodToTheLastBit) {
    for (const double x : {1e-3, 0.5, 1.7, 30.0}) {
        const double found = invert_increasing([](double t) { return t * t * t; }, x * x * x, 0.0, 100.0);
        EXPECT_NEAR(found, x, 4e-16 * x);
    }
    EXPECT_EQ(invert_increasing([](double t) { return t; }, 3.0, 3.0, 3.0), 3.0);
}

}  // namespace
}  // namespace sigmaflow
