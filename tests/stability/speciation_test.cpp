// Speciation in every frame, against closed forms.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <sstream>

#include "sigmaflow/stability/branch_diagram.hpp"
#include "sigmaflow/stability/speciation.hpp"
#include "stability/laws_at_hand.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::law_of;
using testing_support::numbers;
using testing_support::two_clusters;

constexpr auto kCanonical = SpeciationFrame::canonical;
constexpr auto kReverse = SpeciationFrame::reverse_vp_sde;
constexpr auto kFlow = SpeciationFrame::vp_flow;

double sigma_of(const Distribution& law, SpeciationFrame frame = kCanonical, CentreRule rule = CentreRule::stationary) {
    return speciation(law, frame, rule).sigma;
}

std::vector<std::vector<double>> table(const char* name) {
    std::ifstream file(std::string(SIGMAFLOW_SOURCE_DIR) + "/tests/data/" + name);
    std::vector<std::vector<double>> out;
    std::string line;
    while (std::getline(file, line)) {
        if (line.empty() || line[0] == '#' || std::isalpha(line[0]) != 0) continue;
        std::stringstream cells(line);
        std::string cell;
        std::vector<double>& row = out.emplace_back();
        while (std::getline(cells, cell, ',')) row.push_back(std::stod(cell));
    }
    return out;
}

TEST(Speciation, FramesInvertTheirThresholds) {
    for (const double a : {1e-12, 0.01, 0.5, 0.99, 1.0, 40.0, 1e9}) {
        for (const auto frame : {kCanonical, kReverse, kFlow}) {
            if (frame == kFlow && a >= 1.0) continue;
            const double sigma = critical_sigma(frame, a);
            EXPECT_NEAR(critical_variance(frame, sigma) / a, 1.0, 1e-13) << a;
        }
        const double direct = std::sqrt(1.0 + a * a) + a - 1.0;
        EXPECT_NEAR(std::pow(critical_sigma(kReverse, a), 2), direct, 1e-15 * std::max(1.0, a));
    }
    EXPECT_TRUE(std::isinf(critical_sigma(kFlow, 1.0)));
    EXPECT_NEAR(std::pow(critical_sigma(kFlow, 0.5), 2), 1.0, 1e-15);
}

// Two deltas: a = radius^2 whatever sigma is, so every frame has its closed form.
TEST(Speciation, OfTwoDeltasInEveryFrame) {
    double worst = 0.0;
    for (const double radius : {0.1, 0.5, 0.9, 1.5, 20.0}) {
        const auto law = law_of("two_deltas", {{"dim", 3}, {"radius", radius}, {"width", 0.0}});
        for (const auto frame : {kCanonical, kReverse, kFlow}) {
            const double expected = critical_sigma(frame, radius * radius);
            const double found = sigma_of(*law, frame);
            if (std::isinf(expected)) {
                EXPECT_TRUE(std::isinf(found)) << radius;
            } else {
                worst = std::max(worst, std::abs(found / expected - 1.0));
            }
        }
    }
    EXPECT_LE(worst, 1e-12);
    claim("speciation-two-deltas", worst);
}

// Two Gaussians, S = v + sigma^2: a = v sigma^2/S + sigma^4 radius^2/S^2. Canonical: S = radius^2. The others: roots of
// that formula, found here by bisection in s = sigma^2.
TEST(Speciation, OfTwoGaussiansInEveryFrame) {
    double worst = 0.0;
    for (const double width : {0.05, 0.3, 0.6}) {
        const double radius = 0.7;
        const double v = width * width;
        const auto law = law_of("two_deltas", {{"dim", 40}, {"radius", radius}, {"width", width}});
        const auto a = [&](double s) { return v * s / (v + s) + s * s * radius * radius / (v + s) / (v + s); };
        worst = std::max(worst, std::abs(sigma_of(*law) / std::sqrt(radius * radius - v) - 1.0));
        for (const auto frame : {kReverse, kFlow}) {
            double low = 1e-6;
            double high = 1e6;
            for (int i = 0; i < 200; ++i) {
                const double s = std::sqrt(low * high);
                (a(s) > critical_variance(frame, std::sqrt(s)) ? low : high) = s;
            }
            worst = std::max(worst, std::abs(sigma_of(*law, frame) / std::sqrt(low) - 1.0));
        }
    }
    EXPECT_LE(worst, 1e-12);
    claim("speciation-two-gaussians", worst);
}

// Upper root of sigma^2 = W(sigma) at 0 of the atoms (w, 1 - 2w, w); tests/data, 16 digits.
TEST(Speciation, OfThreeAtoms) {
    double worst = 0.0;
    const auto rows = table("three_atom_pitchforks.csv");
    ASSERT_GE(rows.size(), 6U);
    for (const auto& row : rows) {
        const auto law = law_of("points", {{"values", Value::List{numbers({-1.0}), numbers({0.0}), numbers({1.0})}},
                                           {"weights", numbers({row[0], 1.0 - 2.0 * row[0], row[0]})}});
        worst = std::max(worst, std::abs(sigma_of(*law) / row[2] - 1.0));
    }
    EXPECT_LE(worst, 1e-11);  // condition number of the root: up to 10 where the two roots are near
    claim("speciation-three-atoms", worst);
}

TEST(Speciation, OfEllipses) {
    double worst = 0.0;
    const auto rows = table("ellipse_pitchforks.csv");
    ASSERT_GE(rows.size(), 6U);
    for (const auto& row : rows) {
        const auto law = law_of("ellipsoid_shell", {{"axes", numbers({row[0], row[1]})}});
        const SpeciationPoint point = speciation(*law, kCanonical, CentreRule::stationary);
        worst = std::max(worst, std::abs(point.sigma / row[2] - 1.0));
        if (row[0] > row[1]) {
            EXPECT_NEAR(std::abs(point.direction[0]), 1.0, 1e-12);
        }
    }
    EXPECT_LE(worst, 1e-11);
    claim("speciation-ellipses", worst);
}

// Two equal deltas along one axis times two unequal ones along the other: the centre wanders along the second, where
// mean shift contracts by 0.97 or so, and splits along the first at sigma = 1.
TEST(Speciation, FollowsACentreThatMoves) {
    Value::List values;
    for (const double y : {-0.999, 0.999}) {
        for (const double x : {-1.0, 1.0}) values.push_back(numbers({x, y}));
    }
    const auto law = law_of("points", {{"values", values}, {"weights", numbers({0.4995, 0.4995, 0.5005, 0.5005})}});
    const SpeciationPoint point = speciation(*law, kCanonical, CentreRule::stationary);
    EXPECT_NEAR(point.sigma, 1.0, 1e-11);
    EXPECT_NEAR(point.centre[0], 0.0, 1e-9);
    EXPECT_GT(point.centre[1], 0.05);
    const double y = point.centre[1];
    EXPECT_NEAR(0.999 * std::tanh(0.999 * y + 0.5 * std::log(0.5005 / 0.4995)), y, 1e-12);
}

// Four points without symmetry: near sigma = 0.5597 two data points all but part in a pitchfork, J falls to 0.0051, but
// the mode goes on to (0, 0) and what appears is a pair in a fold at 0.55793 (`sigmaflow branches`).
TEST(Speciation, IsNotThatOfAnImperfectPitchfork) {
    const auto law = law_of(
        "points",
        {{"values", Value::List{numbers({1.0, 2.0}), numbers({0.0, 0.0}), numbers({-1.0, 0.5}), numbers({3.0, 3.0})}}});
    EXPECT_TRUE(std::isnan(sigma_of(*law)));
}

/// The sigma at which the branch of the one mode at large sigma ends; NaN if it goes on to the least sigma.
double end_of_first_branch(const BranchDiagram& diagram) {
    const auto first = std::max_element(diagram.branches.begin(), diagram.branches.end(),
                                        [](const Branch& a, const Branch& b) { return a.tau_high < b.tau_high; });
    if (first->low.special < 0) return std::numeric_limits<double>::quiet_NaN();
    return std::exp(diagram.special_points[static_cast<std::size_t>(first->low.special)].tau);
}

// A peer: continuation with refined special points. Nearly regular triangles, whose centre is a mode of its own until
// it ends in a fold near 1/sqrt 2, and triangles of any shape, whose first mode goes on to a corner.
TEST(Speciation, IsTheEndOfTheFirstBranch) {
    Stream stream(1, 2, 6, Purpose::test);
    int folds = 0;
    int compared = 0;
    double worst = 0.0;
    for (int trial = 0; trial < 40; ++trial) {
        const double shape = trial % 2 == 0 ? 0.003 : 0.5;
        Value::List values;
        std::vector<double> weights;
        for (int k = 0; k < 3; ++k) {
            const double angle = 2.0 * std::numbers::pi / 3.0 * k;
            values.push_back(
                numbers({std::cos(angle) + shape * stream.normal(), std::sin(angle) + shape * stream.normal()}));
            weights.push_back(1.0 + shape * stream.uniform());
        }
        const auto law = law_of("points", {{"values", values}, {"weights", numbers(weights)}});
        const auto diagram = trace_branches(*law, 0.1, 4.0);
        if (!diagram.complete) continue;
        ++compared;
        const double width = std::sqrt(law->moments().covariance.trace());
        const double expected = end_of_first_branch(diagram);
        const double found = speciation(*law, kCanonical, CentreRule::stationary, 0.1 / width).sigma;
        EXPECT_EQ(std::isnan(found), std::isnan(expected)) << trial << ' ' << found << ' ' << expected;
        if (std::isnan(found) || std::isnan(expected)) continue;
        ++folds;
        worst = std::max(worst, std::abs(found / expected - 1.0));
    }
    EXPECT_GE(compared, 36);
    EXPECT_GE(folds, 10);
    EXPECT_GE(compared - folds, 10);
    EXPECT_LE(worst, 1e-9);  // J^2 at its end, where Newton's steps fail
    claim("speciation-folds", worst);
}

TEST(Speciation, OfSymmetricShapes) {
    for (const int dim : {2, 7, 64}) {
        const auto sphere = law_of("ellipsoid_shell", {{"dim", dim}, {"radius", 3.0}});
        EXPECT_NEAR(sigma_of(*sphere) * std::sqrt(dim) / 3.0, 1.0, 1e-11) << dim;
    }
    EXPECT_NEAR(sigma_of(*law_of("simplex", {{"dim", 2}, {"width", 0.0}})) * std::sqrt(2.0), 1.0, 1e-7);
    EXPECT_NEAR(sigma_of(*law_of("hypercube", {{"dim", 4}, {"width", 0.0}})), 1.0, 1e-12);
}

// OU time of the canonical pitchfork of +-(1..1) with I: ln(d)/2. Biroli et al.: the same from the covariance between
// the components, ln(d + 1)/2 from the whole one.
TEST(Speciation, OfTwoClusters) {
    double worst = 0.0;
    for (const int dim : {256, 1024, 4096}) {
        const auto law = two_clusters(dim);
        const SpeciationPoint point = speciation(*law, kCanonical, CentreRule::stationary);
        const double d = dim;
        worst = std::max(worst, std::abs(ou_time(point.sigma) - 0.5 * std::log(d)));
        EXPECT_NEAR(std::abs(point.direction.sum()) / std::sqrt(d), 1.0, 1e-12);
        EXPECT_NEAR(top_between_covariance(*law) / d, 1.0, 1e-12);
        EXPECT_NEAR(top_covariance(*law) / (d + 1.0), 1.0, 1e-12);
        EXPECT_NEAR(ou_time(biroli_sigma(top_between_covariance(*law))), 0.5 * std::log(d), 1e-12);
    }
    EXPECT_LE(worst, 1e-12);
    claim("speciation-clusters", worst);
}

// Without symmetry the stationary centre ends as the mode of the larger weight; the mean has a threshold.
TEST(Speciation, OfUnequalDeltasIsThatOfTheirMean) {
    const double w = 0.45;
    const auto law = law_of("two_deltas", {{"dim", 1}, {"radius", 1.0}, {"width", 0.0}, {"weight", w}});
    EXPECT_TRUE(std::isnan(sigma_of(*law)));
    const double sigma = sigma_of(*law, kCanonical, CentreRule::mean);
    const double p = 1.0 / (1.0 + (1.0 - w) / w * std::exp(-2.0 * (2.0 * w - 1.0) / (sigma * sigma)));
    EXPECT_NEAR(4.0 * p * (1.0 - p) / (sigma * sigma), 1.0, 1e-12);
    // Far from symmetry the mean has none either.
    const auto skew = law_of("two_deltas", {{"dim", 1}, {"radius", 1.0}, {"width", 0.0}, {"weight", 0.3}});
    EXPECT_TRUE(std::isnan(sigma_of(*skew, kCanonical, CentreRule::mean)));
    const auto gaussian = testing_support::standard_normal(3);
    EXPECT_TRUE(std::isnan(sigma_of(*gaussian)));
    EXPECT_TRUE(std::isinf(sigma_of(*gaussian, kFlow)));  // a = sigma^2/(1 + sigma^2): neutral at every sigma
}

TEST(Speciation, CovarianceBetweenClassesOfALabelledLaw) {
    const auto law = law_of("points", {{"values", Value::List{numbers({-2.0, 1.0}), numbers({-2.0, -1.0}),
                                                              numbers({1.0, 5.0}), numbers({1.0, -5.0})}},
                                       {"weights", numbers({1.0, 1.0, 2.0, 2.0})},
                                       {"labels", Value::List{Value("a"), Value("a"), Value("b"), Value("b")}}});
    EXPECT_NEAR(top_between_covariance(*law), 9.0 * 2.0 / 9.0, 1e-14);  // 3^2 times (1/3)(2/3)
    const auto shell = law_of("ellipsoid_shell", {{"dim", 3}, {"radius", 1.0}});
    EXPECT_TRUE(std::isnan(top_between_covariance(*shell)));
}

}  // namespace
}  // namespace sigmaflow
