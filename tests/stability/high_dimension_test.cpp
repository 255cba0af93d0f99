#include "sigmaflow/stability/high_dimension.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "sigmaflow/stability/stationary_points.hpp"
#include "stability/laws_at_hand.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::law_of;
using testing_support::planar_mixture;

/// N random points in d dimensions, in clusters of two that are `apart` from each other.
IsotropicCloud paired_points(int d, int pairs, double apart) {
    Stream stream(99, static_cast<std::uint64_t>(d), pairs, Purpose::test);
    Eigen::MatrixXd points(d, 2 * pairs);
    for (int i = 0; i < pairs; ++i) {
        Eigen::VectorXd way(d);
        for (int j = 0; j < d; ++j) {
            points(j, 2 * i) = stream.normal();
            way[j] = stream.normal();
        }
        points.col(2 * i + 1) = points.col(2 * i) + apart * way.normalized();
    }
    return IsotropicCloud(CloudLaw{.points = points, .weights = Eigen::VectorXd::Ones(2 * pairs)});
}

/// C v against C, at places where few and where all points count, for clouds and for other laws.
TEST(HighDimension, ProductsAreThoseOfTheMatrix) {
    const auto cloud = paired_points(12, 40, 1.0);
    const auto blurred = law_of("ring", {{"count", Value(7)}, {"radius", Value(1.0)}, {"width", Value(0.3)}});
    const auto mixture = planar_mixture(3);
    for (const Distribution* law : std::initializer_list<const Distribution*>{&cloud, blurred.get(), mixture.get()}) {
        Stream stream(5, 6, 7, Purpose::test);
        FrozenFlow flow(law->posterior());
        for (const double sigma : {0.05, 0.4, 3.0}) {
            Eigen::VectorXd x(law->dim()), v(law->dim()), product(law->dim());
            law->draw(stream, x);
            for (double& number : x) number += 0.3 * sigma * stream.normal();
            for (double& number : v) number = stream.normal();
            const auto posterior = law->posterior().at(x, sigma);
            posterior->covariance_times(v, product);
            const FieldSample dense = sample_field(flow, x, std::log(sigma));
            const Eigen::VectorXd expected = sigma * sigma * (v - dense.jacobian * v);
            // J is 1 - C/sigma^2: its rounding is eps sigma^2 in C.
            EXPECT_LE((product - expected).norm(), 1e-13 * (sigma * sigma + product.norm()) * v.norm());
            EXPECT_LE((posterior->mean - (x - dense.value)).norm(), 1e-14 * (1.0 + x.norm()));
        }
    }
}

TEST(HighDimension, SoftestEigenvaluesAreThoseOfTheMatrix) {
    const auto law = paired_points(60, 50, 2.0);
    FrozenFlow flow(law.posterior());
    Eigen::VectorXd x(60);
    Stream stream(5, 6, 8, Purpose::test);
    law.draw(stream, x);
    double worst = 0.0;
    for (const double sigma : {0.5, 1.0, 3.0}) {
        const auto posterior = law.posterior().at(1.05 * x, sigma);
        StationaryPoint dense;
        classify(sample_field(flow, 1.05 * x, std::log(sigma)).jacobian, dense);
        const EigenPairs soft = softest_eigenpairs(*posterior, sigma, 6);
        worst = std::max(worst, (soft.values - dense.eigenvalues.head(6)).cwiseAbs().maxCoeff());
    }
    claim("lanczos-eigenvalues", worst);
    EXPECT_LE(worst, 1e-9);
}

/// Every pair has two modes and a saddle between them: those that dense algebra finds, with the same softest
/// eigenvalues.
TEST(HighDimension, PointsAreThoseOfDenseAlgebra) {
    const auto law = paired_points(24, 6, 3.0);
    const double sigma = 0.8;
    const auto dense = find_stationary_points(law, sigma);
    const auto sparse = find_sparse_stationary_points(law, sigma, law.points(), 4);
    EXPECT_EQ(sparse.lost, 0);
    int modes = 0, saddles = 0;
    for (const auto& point : sparse.points) {
        modes += point.index == 0 ? 1 : 0;
        saddles += point.index == 1 ? 1 : 0;
        const bool known = std::any_of(dense.points.begin(), dense.points.end(), [&](const StationaryPoint& other) {
            return other.index == point.index && (other.x - point.x).norm() < 1e-8 &&
                   (other.eigenvalues.head(4) - point.eigenvalues).cwiseAbs().maxCoeff() < 1e-7;
        });
        EXPECT_TRUE(known) << point.index;
    }
    EXPECT_EQ(modes, 12);
    EXPECT_GE(saddles, 6);
}

/// The middle of two points at distance D, far from others, is a saddle with the eigenvalue 1 - (D/2 sigma)^2; FULL=1:
/// 100 000 points in 3072 dimensions.
TEST(HighDimension, ManyPointsInManyDimensions) {
    const bool full = std::getenv("FULL") != nullptr;
    const int d = full ? 3072 : 512;
    const int pairs = full ? 50'000 : 500;
    const double apart = 6.0;
    const auto law = paired_points(d, pairs, apart);
    const double sigma = 1.0;
    const auto set = find_sparse_stationary_points(law, sigma, law.points().leftCols(4), 4);
    ASSERT_EQ(set.lost, 0);
    int modes = 0, saddles = 0, pairs_met = 0;
    double worst = 0.0, residual = 0.0;
    for (const auto& point : set.points) {
        residual = std::max(residual, point.residual);
        modes += point.index == 0 ? 1 : 0;
        if (point.index != 1) continue;
        ++saddles;
        // Between the two nearest points, and others are too far to count: of the same pair, or of two pairs.
        Eigen::VectorXd square = (law.points().colwise() - point.x).colwise().squaredNorm();
        Eigen::Index first = 0, second = 0;
        square.minCoeff(&first);
        square[first] = std::numeric_limits<double>::infinity();
        square.minCoeff(&second);
        const double distance = (law.points().col(first) - law.points().col(second)).norm();
        pairs_met += std::abs(distance - apart) < 1e-9 ? 1 : 0;
        const double expected = 1.0 - 0.25 * distance * distance / (sigma * sigma);
        worst = std::max(worst, std::abs(point.eigenvalues[0] / expected - 1.0));
    }
    std::printf("%d modes, %d saddles, residual %.1e\n", modes, saddles, residual);
    EXPECT_EQ(modes, 4);
    EXPECT_EQ(pairs_met, 2);
    claim("lanczos-saddle", worst);
    claim("lanczos-residual", residual);
    EXPECT_LE(worst, 1e-9);
    EXPECT_LE(residual, 1e-9);
}

}  // namespace
}  // namespace sigmaflow
