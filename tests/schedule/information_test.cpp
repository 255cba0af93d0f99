// Grids that follow the law, against closed forms and quadrature.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "schedule/generators.hpp"
#include "sigmaflow/distribution/registry.hpp"
#include "sigmaflow/schedule/information_rates.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

std::unique_ptr<Distribution> law(const char* kind, const Value::Table& given) {
    const auto& entry = distributions().at(kind);
    return entry.make(Parameters(entry.kind, given, {}), {});
}

/// N(0, c^2 I_2).
std::unique_ptr<Distribution> round_gaussian(double c) {
    return law("gaussian", {{"dim", 2}, {"variances", Value::List{c * c, c * c}}});
}

std::vector<double> grid_of(const Distribution& p0, const char* grid, Value::Table given) {
    given.emplace_back("grid", grid);
    const auto made = testing_support::make_schedule("edm", given);
    return make_grid(*made.schedule, made.parameters, &p0);
}

// N(0, c^2 I_d): mmse = d c^2 sigma^2 / (c^2 + sigma^2) whatever x is, so there is no sampling error.
TEST(InformationRates, OfAGaussianHaveClosedForms) {
    const auto p0 = round_gaussian(0.7);
    InformationRates rates(*p0, 20000);
    for (const double sigma : {1e-3, 0.1, 0.7, 3.0, 50.0}) {
        const double share = 0.49 / (0.49 + sigma * sigma);
        EXPECT_NEAR(rates.entropy(sigma), 2.0 * share, 1e-12 * share);
        // d ln p / d ln sigma = (1 - share) (chi^2_2 - 2), of variance 4 (1 - share)^2; the standard error of a root
        // mean square over n particles is sqrt(kurtosis - 1) / (2 sqrt n), kurtosis 9 for chi^2_2: 1 % here, 4 of
        // which.
        EXPECT_NEAR(rates.fisher(sigma), 2.0 * (1.0 - share), 4.0 * 0.01 * 2.0 * (1.0 - share));
        // |dm/d ln sigma|^2 = c^4 sigma^4 |x|^2 / (c^2 + sigma^2)^4, E|x|^2 = 2 (c^2 + sigma^2) to 0.7 %; root of a
        // root.
        const double error = std::sqrt(share * (1.0 - share));
        EXPECT_NEAR(rates.error(sigma), error, 4.0 * 0.0035 * error);
    }
}

TEST(InformationRates, AverageOverTheParticlesAskedFor) {
    const auto p0 = round_gaussian(1.0);
    for (const int particles : {2, 5, 33}) EXPECT_NEAR(InformationRates(*p0, particles).entropy(1.0), 1.0, 1e-14);
}

// A rate that rises from 0 to 2 over one unit of ln sigma has gone h^2 of its way at h; then it stands still.
TEST(InformationRates, AreIntegratedAsBrokenLines) {
    const std::vector<double> levels{1.0, std::exp(-1.0), std::exp(-3.0), std::exp(-4.0)};
    const auto sigmas = equal_shares(levels, {0.0, 2.0, 0.0, 0.0}, 7);  // the whole is 1 + 2
    ASSERT_EQ(sigmas.size(), 7U);
    for (int i = 0; i < 7; ++i) {
        const double gone = i / 2.0;
        const double way = gone <= 1.0 ? std::sqrt(gone) : 3.0 - std::sqrt(4.0 - 2.0 * (gone - 1.0));
        EXPECT_NEAR(std::log(sigmas[static_cast<std::size_t>(i)]), -way, 1e-14) << i;
    }
    EXPECT_TRUE(equal_shares(levels, {0.0, 0.0, 0.0, 0.0}, 7).empty());
}

// Two deltas at +-1: I(sigma) = H(sign) - E H(sign | x) by quadrature over x = 1 + sigma z.
double information_of_two_deltas(double sigma) {
    double conditional = 0.0;
    const double h = 1e-3;
    for (double z = -9.0; z <= 9.0; z += h) {
        const double p = 1.0 / (1.0 + std::exp(-2.0 * (1.0 + sigma * z) / (sigma * sigma)));
        const double q = 1.0 / (1.0 + std::exp(2.0 * (1.0 + sigma * z) / (sigma * sigma)));
        const double entropy = (p > 0.0 ? -p * std::log(p) : 0.0) + (q > 0.0 ? -q * std::log(q) : 0.0);
        conditional += h * entropy * std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
    }
    return std::log(2.0) - conditional;
}

TEST(InformationGrids, EntropyStepsAreEqual) {
    const auto gaussian = round_gaussian(1.0);
    const auto sigmas = grid_of(*gaussian, "entropy", {{"steps", 18}});
    const auto information = [](double sigma) { return std::log1p(1.0 / (sigma * sigma)); };
    const double step = (information(0.002) - information(80.0)) / 17.0;
    double worst = 0.0;
    for (std::size_t i = 1; i < 18; ++i) {
        const double share = (information(sigmas[i]) - information(sigmas[i - 1])) / step;
        EXPECT_NEAR(share, 1.0, 6e-4) << i;  // the trapezoidal rule at steps of 0.05
        worst = std::max(worst, std::abs(share - 1.0));
    }
    testing_support::claim("entropy-grid-gaussian", worst);

    const auto deltas = law("two_deltas", {{"dim", 1}, {"radius", 1.0}, {"width", 0.0}});
    const auto split =
        grid_of(*deltas, "entropy", {{"steps", 9}, {"sigma_min", 0.1}, {"sigma_max", 10.0}, {"grid_samples", 8192}});
    const double total = information_of_two_deltas(0.1) - information_of_two_deltas(10.0);
    double off = 0.0;
    for (std::size_t i = 1; i < 8; ++i) {
        const double gone = (information_of_two_deltas(split[i]) - information_of_two_deltas(10.0)) / total;
        EXPECT_NEAR(gone, static_cast<double>(i) / 8.0, 0.005) << i;  // 8192 particles, measured 0.0013
        off = std::max(off, std::abs(gone - static_cast<double>(i) / 8.0));
    }
    testing_support::claim("entropy-grid-two-deltas", off);
}

// Arc length on N(0, (c^2 + sigma^2) I_d): sqrt(d/2) ln(c^2 + sigma^2).
TEST(InformationGrids, FisherStepsAreEqualDistances) {
    const auto p0 = round_gaussian(0.5);
    const auto sigmas = grid_of(*p0, "fisher", {{"steps", 10}, {"grid_samples", 20000}});
    const auto length = [](double sigma) { return std::log(0.25 + sigma * sigma); };
    for (std::size_t i = 1; i + 1 < 10; ++i) {
        const double gone = (length(80.0) - length(sigmas[i])) / (length(80.0) - length(0.002));
        EXPECT_NEAR(gone, static_cast<double>(i) / 9.0, 0.01) << i;
    }
}

// On N(0, c^2 I) equal relative errors of Euler are equal angles: the grid that is optimal there.
TEST(InformationGrids, ErrorIsTanOnAGaussian) {
    const auto p0 = round_gaussian(0.5);
    const auto ours = grid_of(*p0, "error", {{"steps", 18}, {"grid_samples", 20000}});
    const auto best = grid_of(*p0, "tan", {{"steps", 18}, {"c", 0.5}});
    double worst = 0.0;
    for (std::size_t i = 1; i < 18; ++i) worst = std::max(worst, std::abs(std::log(ours[i] / best[i])));
    EXPECT_LT(worst, 0.01);  // 20000 particles, measured 0.001
    testing_support::claim("error-grid-is-tan", worst);
}

TEST(InformationGrids, AreTheSameEveryTime) {
    const auto p0 = law("ring", {{"count", 5}, {"radius", 1.0}, {"width", 0.05}});
    for (const char* grid : {"entropy", "fisher", "error"}) {
        EXPECT_EQ(grid_of(*p0, grid, {{"steps", 12}}), grid_of(*p0, grid, {{"steps", 12}})) << grid;
        EXPECT_NE(grid_of(*p0, grid, {{"steps", 12}}), grid_of(*p0, grid, {{"steps", 12}, {"grid_samples", 129}}))
            << grid;
    }
}

// Where the ring splits into its modes, entropy steps are denser than logarithmic ones.
TEST(InformationGrids, GatherWhereTheLawSplits) {
    const auto p0 = law("ring", {{"count", 8}, {"radius", 1.0}, {"width", 0.0}});
    const auto within = [](const std::vector<double>& sigmas) {
        return std::count_if(sigmas.begin(), sigmas.end(), [](double s) { return s > 0.1 && s < 2.0; });
    };
    EXPECT_GT(within(grid_of(*p0, "entropy", {{"steps", 40}})), 2 * within(grid_of(*p0, "log", {{"steps", 40}})));
}

TEST(InformationGrids, NeedALawToWhichSomethingHappens) {
    const auto made = testing_support::make_schedule("edm", {{"grid", "entropy"}});
    EXPECT_THROW((void)make_grid(*made.schedule, made.parameters), std::logic_error);
    const auto point = law("points", {{"values", Value::List{Value(Value::List{1.0, 2.0})}}});
    EXPECT_THROW((void)grid_of(*point, "entropy", {}), InputError);
}

}  // namespace
}  // namespace sigmaflow
