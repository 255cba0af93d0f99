// Evenly spread directions: exact symmetries, and figures of merit against random points.
#include "sigmaflow/numerics/even_directions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "sigmaflow/numerics/random.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

Eigen::MatrixXd random_sphere(int dim, Eigen::Index count, std::int64_t seed) {
    Eigen::MatrixXd out(dim, count);
    Stream stream(31, 7, seed, Purpose::test);
    for (auto& number : out.reshaped()) number = stream.normal();
    out.colwise().normalize();
    return out;
}

/// Stolarsky's invariance principle (1973): the squared L2 discrepancy of spherical caps is, up to a constant of the
/// dimension, E|u - v| - (1/n^2) sum_ij |u_i - u_j|. In units of its expectation for n independent uniform points,
/// E|u - v| / n, so that 1 is random and less is better.
double cap_discrepancy(const Eigen::MatrixXd& points) {
    const auto n = static_cast<double>(points.cols());
    const auto k = static_cast<double>(points.rows());
    const double expected = std::exp((k - 1.0) * std::numbers::ln2 + 2.0 * std::lgamma(0.5 * k) -
                                     0.5 * std::log(std::numbers::pi) - std::lgamma(k - 0.5));
    double sum = 0.0;
    for (Eigen::Index i = 0; i < points.cols(); ++i) sum += (points.colwise() - points.col(i)).colwise().norm().sum();
    return (expected - sum / (n * n)) / (expected / n);
}

double covariance_error(const Eigen::MatrixXd& points) {
    const auto k = static_cast<double>(points.rows());
    const Eigen::MatrixXd second = points * points.transpose() * (k / static_cast<double>(points.cols()));
    return (second - Eigen::MatrixXd::Identity(points.rows(), points.rows())).norm();
}

double least_distance(const Eigen::MatrixXd& points) {
    double out = 2.0;
    for (Eigen::Index i = 1; i < points.cols(); ++i) {
        out = std::min(out, (points.leftCols(i).colwise() - points.col(i)).colwise().norm().minCoeff());
    }
    return out;
}

struct Case {
    int dim;
    Eigen::Index count;
};
const std::vector<Case> kCases{{2, 7},  {2, 500}, {3, 20},  {3, 999}, {4, 8},    {4, 400},  {5, 50},
                               {8, 16}, {8, 800}, {16, 33}, {17, 99}, {32, 320}, {64, 128}, {64, 1280}};

TEST(EvenDirections, AreUnitVectors) {
    for (const auto& [dim, count] : kCases) {
        const Eigen::MatrixXd points = even_directions(dim, count);
        ASSERT_EQ(points.rows(), dim);
        ASSERT_EQ(points.cols(), count);
        EXPECT_LT((points.colwise().norm().array() - 1.0).abs().maxCoeff(), 1e-14);
    }
}

TEST(EvenDirections, AreTheSameEveryTime) {
    for (const auto& [dim, count] : kCases) EXPECT_EQ(even_directions(dim, count), even_directions(dim, count));
}

TEST(EvenDirections, OnTheCircleHaveEqualAngles) {
    const Eigen::MatrixXd points = even_directions(2, 12);
    for (int i = 0; i < 12; ++i) {
        EXPECT_NEAR(points(0, i), std::cos(2.0 * std::numbers::pi * i / 12), 1e-15);
        EXPECT_NEAR(points(1, i), std::sin(2.0 * std::numbers::pi * i / 12), 1e-15);
    }
}

// z runs through the middles of n equal steps, which is uniform (Archimedes); neighbours are a golden angle apart.
TEST(EvenDirections, OnTheSphereAreAFibonacciLattice) {
    constexpr int n = 21;
    const Eigen::MatrixXd points = even_directions(3, n);
    const double golden = 2.0 * std::numbers::pi * (std::numbers::phi - 1.0);
    for (int i = 0; i < n; ++i) {
        EXPECT_NEAR(points(2, i), 1.0 - (2.0 * i + 1.0) / n, 1e-15);
        const double angle = std::atan2(points(1, i), points(0, i)) - golden * i;
        EXPECT_NEAR(std::cos(angle), 1.0, 1e-13);
    }
}

// Pairs cancel exactly, so a plain sum is zero to the last bit.
TEST(EvenDirections, HaveAMeanOfExactlyZeroForAnEvenCount) {
    for (const auto& [dim, count] : kCases) {
        if (dim == 3 || count % 2 != 0) continue;
        const Eigen::MatrixXd points = even_directions(dim, count);
        for (int i = 0; i < dim && dim > 3; ++i) {
            for (Eigen::Index j = 0; j < count; j += 2) ASSERT_EQ(points(i, j), -points(i, j + 1));
        }
        EXPECT_LT(points.rowwise().mean().norm(), 1e-15);
    }
}

// Three-designs: antipodal, and the second moment is that of the sphere.
TEST(EvenDirections, OfWholeBasesHaveTheSecondMomentOfTheSphere) {
    for (const int dim : {2, 4, 5, 8, 16, 33, 64}) {
        for (const int bases : {1, 2, 5}) {
            EXPECT_LT(covariance_error(even_directions(dim, Eigen::Index{2} * dim * bases)), 1e-13) << dim;
        }
    }
}

TEST(EvenDirections, OfABasisAreTheCrossPolytope) {
    EXPECT_EQ(even_directions(7, 14)(Eigen::all, Eigen::seq(0, 13, 2)), Eigen::MatrixXd::Identity(7, 7));
    EXPECT_EQ(even_directions(7, 14)(Eigen::all, Eigen::seq(1, 13, 2)), -Eigen::MatrixXd::Identity(7, 7));
}

TEST(EvenDirections, OfASmallerCountComeFirst) {
    const Eigen::MatrixXd many = even_directions(6, 100);
    EXPECT_EQ(even_directions(6, 24), many.leftCols(24));
    EXPECT_LT((even_directions(6, 41) - many.leftCols(41)).norm(), 1e-14);
    EXPECT_GT(least_distance(many), 0.01);
}

// The figure of merit of the rule, and that of random points as a control of the figure itself.
TEST(EvenDirections, AreSpreadMoreEvenlyThanRandomOnes) {
    double worst = 0.0;
    double control = 0.0;
    for (const auto& [dim, count] : kCases) {
        const Eigen::MatrixXd even = even_directions(dim, count);
        double random = 0.0;
        double random_distance = 0.0;
        double random_covariance = 0.0;
        constexpr int kDraws = 10;
        for (std::int64_t draw = 0; draw < kDraws; ++draw) {
            const Eigen::MatrixXd points = random_sphere(dim, count, draw);
            random += cap_discrepancy(points) / kDraws;
            random_distance += least_distance(points) / kDraws;
            random_covariance += covariance_error(points) / kDraws;
        }
        const double merit = cap_discrepancy(even);
        control += random / static_cast<double>(kCases.size());
        EXPECT_LT(merit, 0.4) << dim << " " << count;
        if (dim < 4) {
            EXPECT_LT(merit, 2.0 / std::sqrt(static_cast<double>(count))) << "a better order in n";
        }
        EXPECT_LT(covariance_error(even), 0.7 * random_covariance) << dim << " " << count;
        EXPECT_GT(least_distance(even), 0.8 * random_distance) << dim << " " << count;
        worst = std::max(worst, merit);
    }
    // One figure varies by less than its mean (the most in the fewest dimensions): 140 of them by less than a tenth.
    EXPECT_NEAR(control, 1.0, 0.3);
    testing_support::claim("even-points-discrepancy", worst);
}

}  // namespace
}  // namespace sigmaflow
