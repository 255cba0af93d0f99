#include "sigmaflow/stability/separatrices.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sigmaflow/stability/stationary_points.hpp"
#include "stability/laws_at_hand.hpp"

namespace sigmaflow {
namespace {

using testing_support::cloud;
using testing_support::law_of;
using testing_support::planar_mixture;

/// The mode that mean shift reaches from a place.
Eigen::Vector2d ascended(FrozenFlow& flow, Eigen::Vector2d x, double tau) {
    for (int i = 0; i < 100000; ++i) {
        // Short steps: long ones may jump a border.
        const Eigen::VectorXd force = sample_field(flow, x, tau).value;
        x -= 0.02 * force;
        if (force.norm() < 1e-12) break;
    }
    return x;
}

/// Three equal points: from the centre outwards along the bisectors, by symmetry.
TEST(Separatrices, OfATriangleAreItsBisectors) {
    const auto law = law_of("simplex", {{"dim", Value(2)}, {"radius", Value(1.0)}});
    const double sigma = 0.4;
    const auto set = find_stationary_points(*law, sigma);
    FrozenFlow flow(law->posterior());
    int saddles = 0;
    for (const auto& point : set.points) {
        if (point.index != 1) continue;
        ++saddles;
        int from_centre = 0;
        for (const double side : {-1.0, 1.0}) {
            const auto border = stable_manifold(flow, set.tau, set.points, point, side, {.reach = 5.0});
            from_centre += border.minimum >= 0 ? 1 : 0;
            const Eigen::Vector2d bisector = point.x.normalized();
            for (Eigen::Index i = 0; i < border.path.cols(); ++i) {
                const Eigen::Vector2d x = border.path.col(i);
                // Errors grow along a border that its neighbourhood leaves: tenfold over these lengths.
                EXPECT_LE(std::abs(x[0] * bisector[1] - x[1] * bisector[0]), 1e-7) << x.transpose();
            }
            const double end = border.path.col(border.path.cols() - 1).norm();
            EXPECT_TRUE(border.minimum >= 0 ? end < 1e-3 : end > 4.0) << end;
        }
        EXPECT_EQ(from_centre, 1);
    }
    EXPECT_EQ(saddles, 3);
}

/// On both sides of a border ascent ends at different modes.
TEST(Separatrices, PartTheBasins) {
    int places = 0;
    for (const int seed : {1, 3, 4}) {
        const auto law = planar_mixture(seed);
        const double sigma = 0.15;
        const auto set = find_stationary_points(*law, sigma);
        FrozenFlow flow(law->posterior());
        for (const auto& point : set.points) {
            if (point.index != 1) continue;
            // A saddle beside a minimum may lead to one mode on both ways.
            const Eigen::Vector2d way = 1e-3 * sigma * point.eigenvectors.col(0);
            const auto one = ascended(flow, point.x + way, set.tau);
            if ((one - ascended(flow, point.x - way, set.tau)).norm() < 0.1 * sigma) continue;
            const auto border = stable_manifold(flow, set.tau, set.points, point, 1.0, {.reach = 1.0});
            for (Eigen::Index i = 2; i + 2 < border.path.cols(); i += 4) {
                const Eigen::Vector2d along = border.path.col(i + 1) - border.path.col(i - 1);
                const Eigen::Vector2d across = Eigen::Vector2d(-along[1], along[0]).normalized();
                const Eigen::Vector2d x = border.path.col(i);
                const auto left = ascended(flow, x + 0.02 * sigma * across, set.tau);
                const auto right = ascended(flow, x - 0.02 * sigma * across, set.tau);
                EXPECT_GT((left - right).norm(), 0.1 * sigma) << seed << " at " << x.transpose();
                ++places;
            }
        }
    }
    EXPECT_GT(places, 20);
}

TEST(Separatrices, AreRecordedForThePlaneAlone) {
    const SeparatricesAnalysis analysis(Parameters(separatrices_kind(),
                                                   {{"sigma_min", Value(0.4)},
                                                    {"sigma_max", Value(0.4)},
                                                    {"levels", Value(1)},
                                                    {"saddles", Value(2)},
                                                    {"places", Value(16)}},
                                                   {}));
    EXPECT_NE(analysis.mismatch(*law_of("hypercube", {{"dim", Value(3)}})), "");
    const auto law = law_of("simplex", {{"dim", Value(2)}, {"radius", Value(1.0)}});
    ASSERT_EQ(analysis.mismatch(*law), "");
    AnalysisRecord record(analysis.fields(*law));
    analysis.run({*law, {1, 2}}, 0, record);
    EXPECT_EQ(record.integers("count")[0], 3);
    for (int saddle = 0; saddle < 2; ++saddle) {
        const auto from = record.integers("from").subspan(static_cast<std::size_t>(2 * saddle), 2);
        EXPECT_EQ(from[0] + from[1], 1);
        for (int side = 0; side < 2; ++side) {
            const auto path = record.reals("path").subspan(static_cast<std::size_t>((2 * saddle + side) * 32), 32);
            EXPECT_EQ(path[0], record.reals("saddle_x")[static_cast<std::size_t>(2 * saddle)]);
            EXPECT_TRUE(std::isfinite(path[7]));
        }
    }
}

}  // namespace
}  // namespace sigmaflow
