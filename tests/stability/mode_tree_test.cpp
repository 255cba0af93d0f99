// The tree of modes: splitting sigmas in closed form.
#include "sigmaflow/stability/mode_tree.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "sigmaflow/stability/branch_diagram.hpp"
#include "sigmaflow/stability/stationary_points.hpp"
#include "stability/laws_at_hand.hpp"
#include "stability/reference_table.hpp"
#include "stability/support.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::cloud;
using testing_support::law_of;
using testing_support::numbers;
using testing_support::planar_mixture;
using testing_support::reference;

constexpr StreamKey kKey{5, 6};
constexpr double kSplit = 1e-9;  ///< relative, promised by grow_mode_tree

std::vector<double> ladder_of(double from, double to, int count) {
    std::vector<double> out;
    for (int i = 0; i < count; ++i) out.push_back(from * std::pow(to / from, i / (count - 1.0)));
    return out;
}

std::vector<ModeBranch> tree_of(const Distribution& law, double from, double to, int levels = 60) {
    return grow_mode_tree(law, find_modes(law, from, kKey), ladder_of(from, to, levels));
}

int roots_of(const std::vector<ModeBranch>& tree) {
    int out = 0;
    for (const auto& branch : tree) out += branch.parent < 0 ? 1 : 0;
    return out;
}

TEST(ModeTree, TwoEqualGaussiansMeetAtTheirPitchfork) {
    double worst = 0.0;
    for (const double width : {0.0, 0.3, 0.7}) {
        const auto law = law_of("two_deltas", {{"dim", 3}, {"radius", 1.0}, {"width", width}});
        SCOPED_TRACE(width);
        const auto tree = tree_of(*law, 0.05, 5.0);
        ASSERT_EQ(tree.size(), 2U);
        EXPECT_EQ(tree[0].parent, -1);
        EXPECT_EQ(tree[1].parent, 0);
        EXPECT_TRUE(std::isnan(tree[0].splitting_sigma));
        EXPECT_NEAR(tree[0].mass, 0.5, width < 0.5 ? 1e-3 : 0.1);  // the Gaussians overlap
        worst = std::max(worst, std::abs(tree[1].splitting_sigma / std::sqrt(1.0 - width * width) - 1.0));
        EXPECT_LT(tree[1].split_x.norm(), 1e-4);
    }
    EXPECT_LT(worst, kSplit);
    claim("tree-pitchforks", worst);
}

/// w, s/mu and x/mu of the folds, 1-D witness of the reference tables.
TEST(ModeTree, UnequalGaussiansMeetAtTheirFolds) {
    double worst = 0.0;
    double worst_place = 0.0;
    int cases = 0;
    for (const auto& row : reference("two_gaussian_folds.csv")) {
        const double w = row[0];
        if (w == 0.5 || w > 0.99) continue;
        const auto law = law_of("two_deltas", {{"dim", 2}, {"radius", 1.0}, {"weight", w}, {"width", 0.05}});
        const double s = row[4];
        const double sigma = std::sqrt(s * s - 0.0025);
        const auto tree = tree_of(*law, 0.06, 5.0);
        ASSERT_EQ(tree.size(), 2U) << w;
        ASSERT_EQ(tree[1].parent, 0) << w;
        EXPECT_GT(tree[0].leaf[0], 0.0) << "the heavier one keeps its name, w = " << w;
        EXPECT_NEAR(tree[0].mass, w, 1e-3);
        worst = std::max(worst, std::abs(tree[1].splitting_sigma / sigma - 1.0));
        worst_place = std::max(worst_place, std::abs(tree[1].split_x[0] - row[5]));
        ++cases;
    }
    EXPECT_GE(cases, 5);
    EXPECT_LT(worst, kSplit);
    EXPECT_LT(worst_place, 1e-4);  // the mode moves like the root of the distance to the fold
    claim("tree-folds", worst);
}

/// Of the corners of {-1, 1}^d all branches meet at sigma = 1, of the simplex's d + 1 corners at the triangle's fold.
TEST(ModeTree, CornersMeetAtOnce) {
    for (const int dim : {1, 2, 3, 4}) {
        SCOPED_TRACE(dim);
        const auto law = law_of("hypercube", {{"dim", dim}, {"radius", 1.0}});
        const auto tree = tree_of(*law, 0.1, 5.0);
        ASSERT_EQ(tree.size(), std::size_t{1} << dim);
        ASSERT_EQ(roots_of(tree), 1);
        EXPECT_EQ(tree[0].parent, -1);
        for (std::size_t k = 1; k < tree.size(); ++k) {
            EXPECT_NEAR(tree[k].splitting_sigma, 1.0, kSplit);
            EXPECT_EQ(tree[k].parent, 0);
        }
    }
}

/// On the circle half the variance lies along each direction: sigma^2 = R^2/2 for five points or more.
TEST(ModeTree, RingPointsMeetAtTheirCentre) {
    for (const int count : {5, 8, 13}) {
        const auto law = law_of("ring", {{"dim", 2}, {"radius", 2.0}, {"count", count}});
        const auto tree = tree_of(*law, 0.1, 10.0);
        ASSERT_EQ(tree.size(), static_cast<std::size_t>(count));
        EXPECT_EQ(roots_of(tree), 1);
        for (const auto& branch : tree) {
            if (branch.parent < 0) continue;
            EXPECT_EQ(branch.parent, 0);
            EXPECT_NEAR(branch.splitting_sigma / std::sqrt(2.0), 1.0, kSplit) << count;
        }
    }
}

/// The corners vanish in folds against three saddles, 4 % above where the centre has become a mode.
TEST(ModeTree, TriangleJumpsToItsCentre) {
    const auto law = law_of("simplex", {{"dim", 2}, {"radius", 1.0}});
    const auto tree = tree_of(*law, 0.1, 5.0);
    ASSERT_EQ(tree.size(), 3U);
    for (std::size_t k = 1; k < 3; ++k) {
        EXPECT_NEAR(tree[k].splitting_sigma / 0.7391346294297548, 1.0, kSplit);
        EXPECT_EQ(tree[k].parent, 0);
        EXPECT_GT(tree[k].split_x.norm(), 0.2);
    }
}

/// A rung of the ladder, and the middle of the first bisection, may be the critical sigma itself.
TEST(ModeTree, RungsMayBeCritical) {
    const auto law = law_of("hypercube", {{"dim", 3}, {"radius", 1.0}});
    for (const int levels : {4, 5, 20, 21}) {
        const auto tree = tree_of(*law, 0.25, 4.0, levels);
        ASSERT_EQ(tree.size(), 8U);
        ASSERT_EQ(roots_of(tree), 1) << levels;
        for (const auto& branch : tree) {
            EXPECT_FALSE(branch.is_lost);
            const double split = branch.parent < 0 ? 1.0 : branch.splitting_sigma;
            EXPECT_NEAR(split, 1.0, kSplit);
        }
    }
}

/// Two pairs far apart: the pairs' own pitchforks first, then that of the pairs, which a quadrupole shifts; the product
/// of two independent pairs has both in closed form.
TEST(ModeTree, BranchesOfAProductSplitOneAfterTheOther) {
    const auto law = cloud({{-3.0, -1.0}, {-3.0, 1.0}, {3.0, -1.0}, {3.0, 1.0}}, {0.25, 0.25, 0.25, 0.25});
    const auto tree = tree_of(*law, 0.1, 10.0);
    ASSERT_EQ(tree.size(), 4U);
    std::multiset<long> splits;
    for (const auto& branch : tree) {
        if (branch.parent < 0) continue;
        splits.insert(std::lround(branch.splitting_sigma * 1e8));
        EXPECT_EQ(branch.parent % 2, 0);  // numbered by coordinates: (0, 1) and (2, 3) are the pairs
    }
    EXPECT_EQ(splits, (std::multiset<long>{100'000'000, 100'000'000, 300'000'000}));
    EXPECT_EQ(tree[2].parent, 0);
    EXPECT_NEAR(tree[2].split_x[1], 0.0, 1e-9);
}

/// A wide Gaussian of more mass beside a narrow one: at the fold its mode ends and the narrow one goes on.
TEST(ModeTree, TheBranchThatGoesOnIsNotTheHeavierOne) {
    const auto law = law_of("gaussian_mixture", {{"weights", numbers({0.65, 0.35})},
                                                 {"means", Value(Value::List{numbers({1.8}), numbers({0.0})})},
                                                 {"widths", numbers({1.0, 0.2})}});
    const auto tree = tree_of(*law, 0.05, 20.0);
    ASSERT_EQ(tree.size(), 2U);
    EXPECT_GT(tree[0].leaf[0], 1.5);
    EXPECT_GT(tree[0].mass, tree[1].mass);
    for (const auto& branch : tree) {
        if (branch.parent < 0) continue;
        // The mode left above the fold is far from where a branch ended.
        const auto above = find_stationary_points(*law, branch.splitting_sigma * (1.0 + 1e-6), kKey);
        ASSERT_EQ(above.modes(), 1);
        EXPECT_GT(std::abs(above.points[0].x[0] - branch.split_x[0]), 0.3);
    }
    EXPECT_EQ(tree[0].parent, 1);
    EXPECT_EQ(tree[1].parent, -1);
}

/// Whatever the law: one root, parents are alive where a branch ends, every split is one of the modes' count.
TEST(ModeTree, BranchesOfRandomMixtures) {
    for (int seed = 0; seed < 12; ++seed) {
        const auto law = planar_mixture(seed);
        const auto tree = tree_of(*law, 0.05, 8.0, 80);
        ASSERT_GE(tree.size(), 1U);
        EXPECT_EQ(roots_of(tree), 1) << seed;
        double mass = 0.0;
        for (const auto& branch : tree) {
            mass += branch.mass;
            EXPECT_FALSE(branch.is_lost);
            if (branch.parent < 0) continue;
            const auto& parent = tree[static_cast<std::size_t>(branch.parent)];
            EXPECT_TRUE(parent.parent < 0 || parent.splitting_sigma >= branch.splitting_sigma) << seed;
            // One mode fewer above than below, or as many: another one may be born there unseen from below.
            const int below = find_stationary_points(*law, branch.splitting_sigma * (1.0 - 1e-6), kKey).modes();
            const int above = find_stationary_points(*law, branch.splitting_sigma * (1.0 + 1e-6), kKey).modes();
            EXPECT_EQ(below - above, 1) << seed;
        }
        EXPECT_GT(mass, 0.3);
    }
}

/// Every split is a fold or pitchfork that continuation finds on its own, and the ladder's steps do not matter.
TEST(ModeTree, SplitsAreFoldsOfTheBranchDiagram) {
    double worst = 0.0;
    int splits = 0;
    for (int seed = 20; seed < 28; ++seed) {
        const auto law = planar_mixture(seed);
        const auto tree = tree_of(*law, 0.05, 8.0, 80);
        const auto coarse = tree_of(*law, 0.05, 8.0, 33);
        const auto diagram = trace_branches(*law, 0.04, 10.0);
        ASSERT_EQ(coarse.size(), tree.size());
        for (std::size_t k = 0; k < tree.size(); ++k) {
            EXPECT_EQ(coarse[k].parent, tree[k].parent) << seed;
            if (tree[k].parent < 0) continue;
            EXPECT_NEAR(coarse[k].splitting_sigma / tree[k].splitting_sigma, 1.0, 1e-9) << seed;
            double nearest = 1.0;
            for (const auto& point : diagram.special_points) {
                nearest = std::min(nearest, std::abs(std::exp(point.tau) / tree[k].splitting_sigma - 1.0));
            }
            worst = std::max(worst, nearest);
            ++splits;
        }
    }
    EXPECT_GT(splits, 10);
    EXPECT_LT(worst, kSplit);
    claim("tree-splits-branches", worst);
}

}  // namespace
}  // namespace sigmaflow
