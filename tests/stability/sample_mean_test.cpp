#include "sigmaflow/stability/sample_mean.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "sigmaflow/numerics/random.hpp"

namespace sigmaflow {
namespace {

TEST(SampleMean, IsThatOfTheTwoPassFormula) {
    Stream stream(1, 2, 3, Purpose::test);
    std::vector<double> values;
    SampleMean sample;
    for (int i = 0; i < 1000; ++i) {
        values.push_back(1e6 + stream.normal());
        sample.add(values.back());
    }
    double mean = 0.0;
    for (const double v : values) mean += v / 1000.0;
    double squares = 0.0;
    for (const double v : values) squares += (v - mean) * (v - mean);
    EXPECT_NEAR(sample.mean(), mean, 1e-8);  // 1e6 times a few eps
    EXPECT_NEAR(sample.standard_error(), std::sqrt(squares / 999.0 / 1000.0), 1e-8);
}

TEST(SampleMean, WithoutSamplesThereIsNone) {
    SampleMean sample;
    EXPECT_TRUE(std::isnan(sample.mean()));
    sample.add(3.0);
    EXPECT_EQ(sample.mean(), 3.0);
    EXPECT_TRUE(std::isnan(sample.standard_error()));
    sample.add(3.0);
    EXPECT_EQ(sample.standard_error(), 0.0);
}

TEST(ControlledMean, KnowsAMultipleOfItsControlExactly) {
    Stream stream(1, 2, 4, Purpose::test);
    ControlledMean sample;
    for (int i = 0; i < 50; ++i) {
        const double control = stream.normal();
        sample.add(5.0 - 3.0 * control, control);
    }
    EXPECT_NEAR(sample.mean(0.0), 5.0, 1e-13);
    EXPECT_NEAR(sample.mean(1.0), 2.0, 1e-13);
    EXPECT_NEAR(sample.standard_error(), 0.0, 1e-7);  // the root of a rounded difference
}

TEST(ControlledMean, WithAnIdleControlItIsThePlainMean) {
    SampleMean plain;
    ControlledMean controlled;
    for (const double v : {1.0, 4.0, 2.0, 8.0}) {
        plain.add(v);
        controlled.add(v, 7.0);
    }
    EXPECT_EQ(controlled.mean(7.0), plain.mean());
    // Two numbers were estimated, not one.
    EXPECT_NEAR(controlled.standard_error(), plain.standard_error() * std::sqrt(3.0 / 2.0), 1e-14);
    EXPECT_TRUE(std::isnan(ControlledMean().mean(0.0)) && std::isnan(ControlledMean().standard_error()));
}

TEST(ControlledMean, TheErrorIsTheSpreadOfManyEstimates) {
    Stream stream(1, 2, 5, Purpose::test);
    SampleMean estimates;
    SampleMean errors;
    constexpr int repeats = 2000;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        ControlledMean sample;
        for (int i = 0; i < 100; ++i) {
            const double control = stream.normal();
            sample.add(0.8 * control + 0.6 * stream.normal(), control);
        }
        estimates.add(sample.mean(0.0));
        errors.add(sample.standard_error());
    }
    const double spread = estimates.standard_error() * std::sqrt(double{repeats});
    EXPECT_NEAR(estimates.mean(), 0.0, 5.0 * estimates.standard_error());
    EXPECT_NEAR(errors.mean() / spread, 1.0, 0.08);  // 5 standard errors of a spread from 2000 values
    EXPECT_NEAR(spread, 0.06, 0.006) << "0.6 / sqrt(100): the control has taken its share";
}

}  // namespace
}  // namespace sigmaflow
