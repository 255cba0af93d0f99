// Against closed forms of Gaussians, quadrature over two atoms on the line, and finite differences of ln p_sigma and m.
#include "sigmaflow/stability/information.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "stability/support.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using namespace testing_support;

/// Standard errors that an estimate may be off: one in two million for a normal one.
constexpr double kSigmas = 5.0;

struct Estimate {
    double value;
    double error;
};

Estimate estimate(const Records& records, const std::string& name, std::size_t level) {
    return {records.at(name)[level], records.at(name + "_error")[level]};
}

/// Off by so many standard errors; rounding of the value is no error.
double deviation(const Estimate& found, double exact) {
    return std::abs(found.value - exact) / (found.error + 1e-12 * std::abs(exact));
}

Records information(const Distribution& law, double sigma_min, double sigma_max, int levels, int samples,
                    bool spectrum = true) {
    const auto analysis = make_analysis("information", {{"sigma_min", sigma_min},
                                                        {"sigma_max", sigma_max},
                                                        {"levels", levels},
                                                        {"samples", samples},
                                                        {"spectrum", spectrum}});
    EXPECT_EQ(analysis->mismatch(law), "");
    return run_parts(*analysis, law);
}

TEST(Information, OfGaussiansFollowsTheClosedForms) {
    Stream stream(7, 0, 0, Purpose::test);
    double worst = 0.0;
    for (int trial = 0; trial < 8; ++trial) {
        const int dim = 1 + trial % 5;
        std::vector<double> variances;
        for (int i = 0; i < dim; ++i) variances.push_back(std::exp(4.0 * stream.uniform() - 2.0));
        const auto law = law_of("gaussian", {{"dim", dim}, {"variances", numbers(variances)}});
        const auto records = information(*law, 0.05, 20.0, 6, 2000);
        for (std::size_t level = 0; level < 6; ++level) {
            const double s = std::pow(records.at("sigma")[level], 2);
            double mmse = 0.0, information = 0.0, dimension = 0.0, flipd = 0.0, heat = 0.0, shared = 0.0;
            for (const double v : variances) {
                const double share = v / (v + s);
                mmse += share * s;
                information += 0.5 * std::log1p(v / s);
                dimension += share;
                flipd += share + share * (1.0 - share);
                heat += 0.5 * share * share + share * (1.0 - share);
                shared += 0.5 * (1.0 - share);
            }
            EXPECT_NEAR(records.at("mmse")[level], mmse, 1e-12 * mmse) << "C does not depend on x";
            EXPECT_NEAR(records.at("local_dimension")[level], dimension, 1e-12 * dimension);
            EXPECT_EQ(records.at("branching_directions")[level], 0.0) << "C / sigma^2 < 1";
            const std::map<std::string, double> exact{
                {"mutual_information", information}, {"flipd", flipd}, {"heat_capacity", heat}};
            for (const auto& [name, value] : exact) {
                const double off = deviation(estimate(records, name, level), value);
                EXPECT_LE(off, kSigmas) << name << " at level " << level << " of trial " << trial;
                worst = std::max(worst, off);
            }
            // -ln p and |n|^2/2 have variance d/2 and covariance sum r^2/2, r^2 = s/(v+s).
            const double variance = 0.5 * dim - shared * shared / (0.5 * dim);
            EXPECT_NEAR(records.at("mutual_information_error")[level] / std::sqrt(variance / 2000.0), 1.0, 0.15);
        }
    }
    testing_support::claim("information-gaussians", worst);
}

/// The integral of f over the line, which decays like a Gaussian there.
double integral(const std::function<double(double)>& f, double from, double to) {
    constexpr int steps = 20000;
    const double h = (to - from) / steps;
    double sum = 0.0;
    for (int i = 0; i <= steps; ++i) sum += f(from + i * h);
    return sum * h;
}

TEST(Information, OfTwoAtomsIsThatOfQuadrature) {
    const auto law = law_of("two_deltas", {{"dim", 1}, {"radius", 1.0}});
    const auto records = information(*law, 0.2, 5.0, 7, 20000);
    for (std::size_t level = 0; level < 7; ++level) {
        const double sigma = records.at("sigma")[level];
        const double s = sigma * sigma;
        const auto density = [&](double x) {
            const auto bell = [&](double at) { return std::exp(-0.5 * at * at / s); };
            return (bell(x - 1.0) + bell(x + 1.0)) / (2.0 * sigma * std::sqrt(2.0 * std::numbers::pi));
        };
        const auto average = [&](const std::function<double(double)>& f) {
            return integral([&](double x) { return density(x) * f(x); }, -1.0 - 10.0 * sigma, 1.0 + 10.0 * sigma);
        };
        const auto variance = [&](double x) { return 1.0 / std::pow(std::cosh(x / s), 2); };
        const auto entropy = [&](double x) {
            const double r = 1.0 / (1.0 + std::exp(-2.0 * std::abs(x) / s));
            return r == 1.0 ? 0.0 : -r * std::log(r) - (1.0 - r) * std::log1p(-r);
        };
        const std::map<std::string, double> exact{
            {"mmse", average(variance)},
            {"local_dimension", average(variance) / s},
            {"mutual_information", std::log(2.0) - average(entropy)},
            {"entropy", average(entropy)},
            {"effective_number", average([&](double x) { return std::exp(entropy(x)); })},
            {"heat_capacity", average([&](double x) { return x * x / (s * s) * variance(x); })},
            {"branching_directions", average([&](double x) { return variance(x) > s ? 1.0 : 0.0; })}};
        for (const auto& [name, value] : exact) {
            // 1e-4: the quadrature of a step, and of what hardly any draw reaches.
            EXPECT_NEAR(records.at(name)[level], value, kSigmas * records.at(name + "_error")[level] + 1e-4)
                << name << " at sigma " << sigma;
        }
        const double m = std::tanh(1.0 / s);
        const double flipd = (1.0 - m * m + (1.0 - m) * (1.0 - m)) / s;
        EXPECT_NEAR(records.at("flipd")[level], flipd, 1e-12 * (1.0 + 1.0 / s)) << "the same at both atoms";
    }
}

/// Laws of every family: weights, none, shells, points, products.
std::vector<std::pair<std::string, Value::Table>> families() {
    const Value::Table shell{{"kind", "ellipsoid_shell"}, {"dim", 2}};
    const Value::Table line{{"kind", "two_deltas"}, {"dim", 1}, {"width", 0.2}};
    return {{"gaussian", {{"dim", 3}}},
            {"ring", {{"count", 5}, {"width", 0.1}}},
            {"parallel_planes", {{"dim", 4}, {"codim", 1}}},
            {"ellipsoid_shell", {{"dim", 3}}},
            {"ellipsoid_points", {{"dim", 3}, {"count", 20}}},
            {"product", {{"factors", Value::List{shell, line}}}}};
}

TEST(Information, EveryFieldIsFilledForEveryFamily) {
    for (const auto& [kind, table] : families()) {
        const auto law = law_of(kind, table);
        for (const auto& [name, values] : information(*law, 0.1, 10.0, 3, 40)) {
            for (const double value : values) EXPECT_TRUE(std::isfinite(value)) << kind << " " << name;
        }
    }
}

TEST(Information, FlipdIsTheSlopeOfTheDensityAtTheData) {
    constexpr double h = 1e-4;
    constexpr double sigma = 0.7;
    for (const auto& [kind, table] : families()) {
        const auto law = law_of(kind, table);
        const auto& denoiser = law->posterior();
        const auto workspace = denoiser.workspace();
        PosteriorTile posterior(law->dim(), Needs{.log_density = true});
        Tile x0(law->dim(), kTileWidth);
        law->sample({11, 22}, {0, kTileWidth}, x0);
        double slope = 0.0;
        for (const double sign : {1.0, -1.0}) {
            denoiser.evaluate(x0, Row::Constant(sigma * std::exp(sign * h)), {.log_density = true}, *workspace,
                              posterior);
            slope += sign * posterior.log_density.mean() / (2.0 * h);
        }
        const auto records = information(*law, sigma, sigma, 1, kTileWidth);
        EXPECT_NEAR(records.at("flipd")[0], law->dim() + slope, 1e-6) << kind;  // h^2 of the central difference
    }
}

TEST(Information, HeatCapacityIsTheSlopeOfTheMeanEnergy) {
    constexpr double h = 1e-4;
    constexpr double sigma = 0.6;
    int known = 0;
    for (const auto& [kind, table] : families()) {
        const auto law = law_of(kind, table);
        const auto records = information(*law, sigma, sigma, 1, kTileWidth);
        if (!records.contains("heat_capacity")) continue;
        ++known;
        Tile x(law->dim(), kTileWidth);
        law->sample({11, 22}, {0, kTileWidth}, x);
        for (int c = 0; c < kTileWidth; ++c) {
            Stream stream = StreamKey{11, 22}.stream(c, Purpose::start_noise);
            for (int i = 0; i < law->dim(); ++i) x(i, c) += sigma * stream.normal();
        }
        const auto& denoiser = law->posterior();
        const auto workspace = denoiser.workspace();
        PosteriorTile posterior(law->dim(), Needs{.trace = true});
        // beta^2 Var U = -beta^2 dE[U]/dbeta with beta = sigma^-2 and E[U] = (|x - m|^2 + tr C)/2, at fixed x.
        double slope = 0.0;
        for (const double sign : {1.0, -1.0}) {
            denoiser.evaluate(x, Row::Constant(sigma * std::exp(sign * h)), {.trace = true}, *workspace, posterior);
            const Row energy = (x - posterior.mean).colwise().squaredNorm().array() + posterior.trace;
            slope += sign * energy.mean() / (2.0 * h);
        }
        EXPECT_NEAR(records.at("heat_capacity")[0], slope / (4.0 * sigma * sigma), 1e-6) << kind;
    }
    EXPECT_GE(known, 4);
}

TEST(Information, DimensionsOfASphereAreItsOwnAtSmallSigma) {
    const auto law = law_of("ellipsoid_shell", {{"dim", 3}, {"radius", 1.0}});
    const auto records = information(*law, 1e-3, 1e-3, 1, 500);
    // Curvature enters at the order of sigma (local_dimension) and sigma^2 (flipd).
    EXPECT_NEAR(records.at("local_dimension")[0], 2.0, 0.01);
    EXPECT_NEAR(records.at("flipd")[0], 2.0, 1e-5);
}

TEST(Information, ALevelDoesNotDependOnTheOthers) {
    const auto law = law_of("ring", {{"count", 5}, {"width", 0.1}});
    const auto few = information(*law, 0.1, 10.0, 2, 100);
    const auto many = information(*law, 0.1, 10.0, 9, 100);
    for (const auto& [name, values] : few) {
        EXPECT_EQ(values.front(), many.at(name).front()) << name;
        EXPECT_EQ(values.back(), many.at(name).back()) << name;
    }
}

TEST(Information, WhatIsNotWantedOrNotKnownIsLeftOut) {
    const auto ring = law_of("ring", {{"count", 5}, {"width", 0.1}});
    EXPECT_TRUE(information(*ring, 1.0, 1.0, 1, 32).contains("branching_directions"));
    EXPECT_FALSE(information(*ring, 1.0, 1.0, 1, 32, false).contains("branching_directions"));
    const auto shell = law_of("ellipsoid_shell", {{"dim", 3}});
    EXPECT_FALSE(information(*shell, 1.0, 1.0, 1, 32).contains("entropy"));
}

TEST(Information, CostGrowsWithSamplesAndTheSpectrum) {
    const auto law = law_of("ring", {{"count", 5}, {"width", 0.1}});
    const auto cost = [&](int samples, bool spectrum) {
        return make_analysis("information", {{"samples", samples}, {"spectrum", spectrum}})->cost(*law, 0);
    };
    EXPECT_EQ(cost(64, true).flops, 2.0 * cost(32, true).flops);
    EXPECT_EQ(cost(33, true).flops, cost(64, true).flops) << "tiles are whole";
    EXPECT_GT(cost(32, true).flops, cost(32, false).flops);
}

}  // namespace
}  // namespace sigmaflow
