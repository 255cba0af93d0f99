// Kinds tree and class_tree: masses against the separatrix of quantiles, splitting sigmas of classes in closed form.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "sigmaflow/dynamics/quantile_flow.hpp"
#include "sigmaflow/stability/class_tree.hpp"
#include "sigmaflow/stability/flow_descent.hpp"
#include "sigmaflow/stability/mode_tree.hpp"
#include "sigmaflow/stability/stationary_points.hpp"
#include "stability/laws_at_hand.hpp"
#include "stability/support.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::law_of;
using testing_support::make_analysis;
using testing_support::numbers;
using testing_support::Records;
using testing_support::run_parts;

constexpr StreamKey kKey{11, 22};
constexpr double kSure = 4.5;  ///< standard errors: one false alarm in 10^5 numbers

/// Counts of all parts of leaf k; parts that have none hold -1.
double ends_in(const Records& found, std::size_t leaf, std::size_t leaves) {
    double sum = 0.0;
    const auto& ends = found.at("ends");
    for (std::size_t i = leaf; i < ends.size(); i += leaves) sum += std::max(ends[i], 0.0);
    return sum;
}

double all_of(const std::vector<double>& counts) {
    double sum = 0.0;
    for (const double count : counts) sum += std::max(count, 0.0);
    return sum;
}

/// Exact masses of the basins on the line: between the minima of p at sigma_min, by falling Gaussian mass of the modes
/// (the order of the leaves), from the order of places.
std::vector<double> masses_between_minima(const Distribution& law, double sigma) {
    std::vector<double> minima;
    for (const auto& point : find_stationary_points(law, sigma, kKey).points) {
        if (point.index == 1) minima.push_back(point.x[0]);
    }
    std::sort(minima.begin(), minima.end());
    std::vector<double> out;
    double below = 0.0;
    for (const double x : minima) {
        const double mass = std::exp(log_mass_below(*law.line(), x, sigma));
        out.push_back(mass - below);
        below = mass;
    }
    out.push_back(1.0 - below);
    return out;
}

/// At sigma_min not far below the fold the masses are nobody's weights.
TEST(TreeAnalysis, MassesOnTheLineAreThoseOfTheSeparatrix) {
    const auto two = law_of("two_deltas", {{"dim", 1}, {"radius", 1.0}, {"weight", 0.6}});
    const auto three =
        law_of("gaussian_mixture", {{"weights", numbers({0.5, 0.2, 0.3})},
                                    {"means", Value(Value::List{numbers({-2.0}), numbers({0.0}), numbers({2.5})})},
                                    {"widths", numbers({0.3, 0.2, 0.5})}});
    double worst = 0.0;
    for (const auto& [law, sigma] : {std::pair(two.get(), 0.6), std::pair(three.get(), 0.35)}) {
        const auto analysis = make_analysis(
            "tree", {{"sigma_min", sigma}, {"sigma_max", 20.0}, {"samples", 4000}, {"block", 1500}, {"leaves", 5}});
        EXPECT_EQ(analysis->parts(*law), 4);
        const Records found = run_parts(*analysis, *law);
        const auto exact = masses_between_minima(*law, sigma);
        ASSERT_EQ(found.at("leaf_count"), std::vector<double>(4, static_cast<double>(exact.size())));
        EXPECT_EQ(all_of(found.at("particles")), 4000.0);
        EXPECT_EQ(all_of(found.at("strays")), 0.0);
        EXPECT_EQ(all_of(found.at("failed")), 0.0);
        EXPECT_EQ(all_of(found.at("ends")), 4000.0);
        // Leaves by place.
        std::vector<std::size_t> order(exact.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return found.at("leaf_x")[a] < found.at("leaf_x")[b]; });
        for (std::size_t i = 0; i < exact.size(); ++i) {
            const double mass = ends_in(found, order[i], 5) / 4000.0;
            const double error = std::sqrt(exact[i] * (1.0 - exact[i]) / 4000.0);
            worst = std::max(worst, std::abs(mass - exact[i]) / error);
        }
    }
    EXPECT_LT(worst, kSure);
    claim("tree-masses-line", worst);
}

/// A particle ends where the quantile of its start lies, not in the frozen basin that it is in on the way.
TEST(TreeAnalysis, TheFrozenSaddleIsNoBoundaryOfTheFlow) {
    const auto law = law_of("two_deltas", {{"dim", 1}, {"radius", 1.0}, {"weight", 0.6}});
    const double sigma = 0.6;
    const double least = 0.05;
    double saddle = 0.0;
    for (const auto& point : find_stationary_points(*law, sigma, kKey).points) {
        if (point.index == 1) saddle = point.x[0];
    }
    const double end = std::log(1.5) * -0.5 * least * least;  // the saddle there, to 1e-3 of least
    const double boundary = keep_quantile(*law->line(), end, least, sigma);
    ASSERT_GT(boundary - saddle, 0.05);
    Tile x(1, kTileWidth);
    for (int c = 0; c < kTileWidth; ++c) x(0, c) = saddle + (boundary - saddle) * (0.05 + 1.85 * c / 31.0);
    FlowDescent descent(*law, 1e-8, least);
    descent.start(x, sigma);
    descent.descend(least);
    const auto modes = find_modes(*law, least, kKey);
    ASSERT_EQ(modes.size(), 2U);
    EXPECT_GT(modes[0].leaf[0], 0.0);
    const auto labels = ModeLabels(*law, least, modes).of(descent.x());
    const auto frozen = ModeLabels(*law, sigma, find_modes(*law, sigma, kKey)).of(x);
    for (int c = 0; c < kTileWidth; ++c) {
        EXPECT_EQ(labels[static_cast<std::size_t>(c)], x(0, c) > boundary ? 0 : 1) << x(0, c);
        EXPECT_EQ(frozen[static_cast<std::size_t>(c)], 0);
    }
}

/// On the line a basin is what lies between two minima, however flat p is there.
TEST(TreeAnalysis, LabelsOnTheLineAreSidesOfTheMinima) {
    Stream stream(5, 0, 0, Purpose::test);
    int places = 0;
    for (int i = 0; i < 20; ++i) {
        Value::List means;
        std::vector<double> weights;
        std::vector<double> widths;
        for (int k = 0; k < 4; ++k) {
            means.push_back(numbers({3.0 * stream.normal()}));
            weights.push_back(0.1 + stream.uniform());
            widths.push_back(0.1 + stream.uniform());
        }
        const auto law =
            law_of("gaussian_mixture",
                   {{"weights", numbers(weights)}, {"means", Value(std::move(means))}, {"widths", numbers(widths)}});
        const double sigma = 0.05 + 0.5 * stream.uniform();
        const auto modes = find_modes(*law, sigma, kKey);
        std::vector<double> minima;
        for (const auto& point : find_stationary_points(*law, sigma, kKey).points) {
            if (point.index == 1) minima.push_back(point.x[0]);
        }
        ASSERT_EQ(modes.size(), minima.size() + 1);
        Eigen::MatrixXd x(1, 400);
        for (int c = 0; c < x.cols(); ++c) x(0, c) = -9.0 + 18.0 * stream.uniform();
        const auto labels = ModeLabels(*law, sigma, modes).of(x);
        const auto side = [&](double at) {
            return std::count_if(minima.begin(), minima.end(), [at](double minimum) { return minimum < at; });
        };
        for (int c = 0; c < x.cols(); ++c, ++places) {
            const int label = labels[static_cast<std::size_t>(c)];
            ASSERT_NE(label, ModeLabels::kNone) << x(0, c);
            EXPECT_EQ(side(modes[static_cast<std::size_t>(label)].leaf[0]), side(x(0, c))) << i << " at " << x(0, c);
        }
    }
    EXPECT_EQ(places, 8000);
}

/// In the plane Newton's last steps must not leave the basin that mean shifts alone, slow and safe, would stay in.
TEST(TreeAnalysis, LabelsInThePlaneAreThoseOfMeanShifts) {
    const double sigma = 0.1;
    int wrong = 0;
    int places = 0;
    for (int seed = 0; seed < 10; ++seed) {
        const auto law = testing_support::planar_mixture(seed);
        const auto modes = find_modes(*law, sigma, kKey);
        FrozenFlow flow(law->posterior());
        Eigen::MatrixXd x(2, 320);
        Tile x0;
        for (int first = 0; first < 320; first += kTileWidth) {
            law->sample(kKey, {first, kTileWidth}, x0);
            x.middleCols(first, kTileWidth) = x0;
        }
        ModeLabels labels(*law, sigma, modes);
        const auto direct = labels.of(x);
        FieldSamples samples;
        for (int i = 0; i < 500; ++i) {
            flow.evaluate(x, Eigen::VectorXd::Constant(x.cols(), std::log(sigma)), samples);
            x -= samples.values;
        }
        const auto slow = labels.of(x);
        for (std::size_t c = 0; c < slow.size(); ++c, ++places) wrong += direct[c] == slow[c] ? 0 : 1;
    }
    EXPECT_EQ(wrong, 0) << "of " << places;
    claim("tree-labels-wrong", static_cast<double>(wrong) / places);
}

TEST(TreeAnalysis, SymmetricLawsShareTheMassEqually) {
    double worst = 0.0;
    const auto hypercube = law_of("hypercube", {{"dim", 3}, {"radius", 1.0}, {"width", 0.1}});
    const auto ring = law_of("ring", {{"dim", 2}, {"radius", 1.0}, {"count", 5}, {"width", 0.1}});
    for (const Distribution* law : {hypercube.get(), ring.get()}) {
        const Records found = run_parts(
            *make_analysis("tree", {{"sigma_min", 0.1}, {"sigma_max", 20.0}, {"samples", 4096}, {"block", 2048}}),
            *law);
        const double leaves = found.at("leaf_count")[0];
        EXPECT_EQ(leaves, law == ring.get() ? 5.0 : 8.0);
        double sum = 0.0;
        for (std::size_t k = 0; k < static_cast<std::size_t>(leaves); ++k) {
            const double count = ends_in(found, k, 64);
            const double p = 1.0 / leaves;
            worst = std::max(worst, std::abs(count - 4096.0 * p) / std::sqrt(4096.0 * p * (1.0 - p)));
            sum += count;
        }
        EXPECT_EQ(sum, 4096.0);
    }
    EXPECT_LT(worst, kSure);
    claim("tree-masses-symmetric", worst);
}

/// What does not fit is counted.
TEST(TreeAnalysis, TooManyLeavesAreTold) {
    const auto law = law_of("hypercube", {{"dim", 3}, {"radius", 1.0}});
    const Records found = run_parts(
        *make_analysis("tree", {{"sigma_min", 0.1}, {"sigma_max", 5.0}, {"samples", 512}, {"leaves", 3}}), *law);
    EXPECT_EQ(found.at("leaf_count"), (std::vector<double>{8.0, 8.0}));
    EXPECT_EQ(all_of(found.at("ends")) + all_of(found.at("strays")), 512.0);
    EXPECT_GT(all_of(found.at("strays")), 200.0);
    const auto shell = law_of("points", {{"values", Value(Value::List{numbers({0.0, 0.0}), numbers({1.0, 0.0})})}});
    EXPECT_EQ(make_analysis("tree", {})->mismatch(*shell), "");
}

/// s = mu whatever the width; both sets within their errors of it and of each other.
TEST(ClassTree, TwoClassesPartAtTheirPitchfork) {
    double worst = 0.0;
    for (const double width : {0.0, 0.5, 0.8}) {
        const auto law = law_of("two_deltas", {{"dim", 2}, {"radius", 1.0}, {"width", width}});
        const auto analysis =
            make_analysis("class_tree", {{"sigma_min", 0.2}, {"sigma_max", 5.0}, {"levels", 65}, {"samples", 2048}});
        const Records found = run_parts(*analysis, *law);
        ASSERT_EQ(found.at("splitting_sigma").size(), 2U);
        for (std::size_t set = 0; set < 2; ++set) {
            const double sigma = found.at("splitting_sigma")[set];
            const double error = found.at("splitting_sigma_error")[set];
            EXPECT_LT(error, 0.05);
            EXPECT_GT(error, 0.001);
            worst = std::max(worst, std::abs(sigma - std::sqrt(1.0 - width * width)) / error);
            EXPECT_EQ(found.at("merge_sigma")[set], sigma);
            EXPECT_NEAR(found.at("merge_sigma_error")[set], error, 1e-12);
            EXPECT_EQ(found.at("ends")[2 * set] + found.at("ends")[2 * set + 1], 2048.0);
        }
        EXPECT_NE(found.at("splitting_sigma")[0], found.at("splitting_sigma")[1]);
    }
    EXPECT_LT(worst, kSure);
    claim("class-tree-pitchfork", worst);
}

/// Labelled points, two per class around +-2 on a line; a third class far away on the other axis. Nearest part last.
TEST(ClassTree, LabelledPointsJoinNearestFirst) {
    const Value values(Value::List{numbers({-2.0, 0.1}), numbers({2.0, 0.1}), numbers({-2.0, -0.1}),
                                   numbers({2.0, -0.1}), numbers({0.0, 12.0}), numbers({0.0, 12.1})});
    const Value labels(Value::List{Value("a"), Value("b"), Value("a"), Value("b"), Value("c"), Value("c")});
    const auto law = law_of("points", {{"values", values}, {"labels", labels}});
    const Records found = run_parts(
        *make_analysis("class_tree", {{"sigma_min", 0.3}, {"sigma_max", 60.0}, {"levels", 65}, {"sets", 3}}), *law);
    for (std::size_t set = 0; set < 3; ++set) {
        for (std::size_t k = 0; k < 3; ++k) {
            EXPECT_NEAR(found.at("ends")[3 * set + k], 1024.0 / 3.0, kSure * std::sqrt(1024.0 * 2.0 / 9.0));
        }
        EXPECT_EQ(found.at("first")[3 * set + 1], 0.0);
        EXPECT_EQ(found.at("second")[3 * set + 1], 2.0);
        EXPECT_EQ(found.at("merge_first")[2 * set], 0.0);
        EXPECT_EQ(found.at("merge_second")[2 * set], 1.0);
        EXPECT_EQ(found.at("merge_first")[2 * set + 1], 3.0);
        EXPECT_EQ(found.at("merge_second")[2 * set + 1], 2.0);
        // Two clouds of equal weight: the pair's own pitchfork, s = half the distance along it.
        EXPECT_NEAR(found.at("splitting_sigma")[3 * set], 2.0, kSure * found.at("splitting_sigma_error")[3 * set]);
        const double far =
            std::sqrt(found.at("splitting_sigma")[3 * set + 1] * found.at("splitting_sigma")[3 * set + 2]);
        EXPECT_NEAR(found.at("merge_sigma")[2 * set + 1], far, 1e-12 * far);
        EXPECT_NEAR(far, 0.5 * std::hypot(2.0, 12.0), 1.0);
    }
    const auto shell = law_of("ellipsoid_shell", {{"dim", 3}, {"radius", 1.0}});
    EXPECT_NE(make_analysis("class_tree", {})->mismatch(*shell), "");
}

/// By hand: four particles in two blocks' worth of numbers.
TEST(ClassTree, PairCommitmentsByHand) {
    PairCommitments pairs(3, {8.0, 4.0, 2.0, 1.0});
    EXPECT_EQ(pairs.pair(0, 1), 0);
    EXPECT_EQ(pairs.pair(0, 2), 1);
    EXPECT_EQ(pairs.pair(1, 2), 2);
    Eigen::MatrixXd p(3, 4);
    p << 0.3, 0.4, 0.9, 1.0,  //
        0.3, 0.1, 0.0, 0.0,   //
        0.4, 0.5, 0.1, 0.0;
    for (int i = 0; i < 32; ++i) pairs.add(i, 0, p);
    EXPECT_DOUBLE_EQ(pairs.commitment(0, 0), 0.5);
    EXPECT_DOUBLE_EQ(pairs.commitment(0, 1), 0.68);
    EXPECT_DOUBLE_EQ(pairs.commitment(1, 2), 0.82);
    EXPECT_TRUE(std::isnan(pairs.commitment(2, 1)));  // nobody ends in 1 or 2
    EXPECT_DOUBLE_EQ(pairs.splitting_sigma(0), 4.0 * std::pow(0.5, (kPitchforkCommitment - 0.68) / 0.32));
    EXPECT_DOUBLE_EQ(pairs.splitting_estimate(0).error, 0.0);
    EXPECT_FALSE(pairs.splits(2));
    EXPECT_TRUE(std::isnan(pairs.splitting_estimate(2).mean));
    EXPECT_EQ(pairs.ends(0), 32);
    EXPECT_EQ(pairs.ends(1), 0);
}

}  // namespace
}  // namespace sigmaflow
