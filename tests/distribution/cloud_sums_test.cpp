// The one-pass sums against sums in long double over a table, around the places where the algorithm changes its way:
// blocks, a heavier point later on, products of matrices instead of differences, C in tiles or by columns.
#include "sigmaflow/distribution/cloud_sums.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sigmaflow/numerics/random.hpp"

namespace sigmaflow {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr long double kFloor = 1e-290L;  ///< below it doubles run out

struct Cloud {
    Eigen::MatrixXd points;
    Eigen::VectorXd log_weights;
    Eigen::VectorXd squares;

    Cloud(int dim, int count, std::uint64_t seed) : points(dim, count), log_weights(count) {
        Stream stream(seed, 2, 0, Purpose::test);
        for (auto& number : points.reshaped()) number = stream.normal();
        for (auto& number : log_weights) number = -stream.uniform();
        note();
    }
    void note() { squares = points.colwise().squaredNorm(); }
    [[nodiscard]] WeightedPoints view() const {
        return {Eigen::Map<const Eigen::MatrixXd>(points.data(), points.rows(), points.cols()), log_weights, squares,
                squares.maxCoeff()};
    }
};

using Wide = Eigen::Matrix<long double, Eigen::Dynamic, 1>;

struct Truth {
    long double log_sum = 0;
    long double entropy = 0;
    Wide mean;
    Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic> covariance;
    long double condition = 0;  ///< the largest exponent that matters: it is known to eps of itself
};

Truth truth_of(const Cloud& cloud, const Eigen::VectorXd& x, double precision) {
    const Eigen::Index count = cloud.points.cols();
    Wide logs(count);
    for (Eigen::Index k = 0; k < count; ++k) {
        const Wide difference = x.cast<long double>() - cloud.points.col(k).cast<long double>();
        logs[k] = cloud.log_weights[k] - 0.5L * precision * difference.squaredNorm();
    }
    Truth out;
    const long double largest = logs.maxCoeff();
    long double sum = 0;
    out.mean = Wide::Zero(x.size());
    for (Eigen::Index k = 0; k < count; ++k) {
        const long double e = std::exp(logs[k] - largest);
        sum += e;
        out.mean += e * cloud.points.col(k).cast<long double>();
        out.entropy += e * (largest - logs[k]);
        if (e > 1e-307L) out.condition = std::max(out.condition, std::abs(logs[k]));
    }
    out.mean /= sum;
    out.entropy = out.entropy / sum + std::log(sum);
    out.log_sum = largest + std::log(sum);
    out.covariance.setZero(x.size(), x.size());
    for (Eigen::Index k = 0; k < count; ++k) {
        const Wide c = cloud.points.col(k).cast<long double>() - out.mean;
        out.covariance += std::exp(logs[k] - largest) / sum * c * c.transpose();
    }
    return out;
}

Tile places(const Cloud& cloud, double sigma) {
    Stream stream(7, 7, 7, Purpose::test);
    Tile x(cloud.points.rows(), kTileWidth);
    for (int c = 0; c < kTileWidth; ++c) {
        for (Eigen::Index i = 0; i < x.rows(); ++i)
            x(i, c) = cloud.points(i, (7 * c) % cloud.points.cols()) + sigma * stream.normal();
    }
    return x;
}

/// Rounding of exponents, relative to the weights: a few eps of their condition, that of products of matrices where
/// those were used, and of the sums over the points.
double allowed(const Cloud& cloud, const Truth& truth, const Eigen::VectorXd& x, double precision) {
    const double expanded = (x.squaredNorm() + cloud.squares.maxCoeff()) * precision;
    const bool products =
        cloud.points.rows() >= CloudSums::kLeastForProducts && expanded <= CloudSums::kMostForProducts;
    return eps * (16.0 + 8.0 * static_cast<double>(truth.condition) + (products ? 4.0 * expanded : 0.0) +
                  0.1 * static_cast<double>(cloud.points.cols()));
}

class Sums : public testing::TestWithParam<std::tuple<int, int>> {};

TEST_P(Sums, AreThoseOfATable) {
    const auto [dim, count] = GetParam();
    const Cloud cloud(dim, count, static_cast<std::uint64_t>(100 * dim + count));
    CloudSums sums(dim);
    std::vector<Eigen::MatrixXd> covariances(kTileWidth, Eigen::MatrixXd(dim, dim));
    for (const double sigma : {0.02, 0.1, 0.3, 1.0, 30.0}) {
        SCOPED_TRACE(sigma);
        const Tile x = places(cloud, sigma);
        const double precision = 1.0 / (sigma * sigma);
        sums.run(cloud.view(), x, Row::Constant(precision), Spread::full, &covariances);
        for (const int c : {0, 1, 13, 31}) {
            const Truth truth = truth_of(cloud, x.col(c), precision);
            const double bound = allowed(cloud, truth, x.col(c), precision);
            const double size = std::sqrt(static_cast<double>(truth.covariance.trace())) + bound;
            const Wide mean = (sums.reference().col(c) + sums.shift().col(c)).cast<long double>();
            const double reach = cloud.points.cwiseAbs().maxCoeff();
            EXPECT_LE((mean - truth.mean).norm(), bound * size + 4 * eps * reach * std::sqrt(dim));
            EXPECT_NEAR(sums.log_sum()[c], static_cast<double>(truth.log_sum), bound * (1.0 + dim));
            EXPECT_NEAR(sums.entropy()[c], static_cast<double>(truth.entropy),
                        bound * (1.0 + static_cast<double>(truth.entropy)));
            const auto& covariance = covariances[static_cast<std::size_t>(c)];
            EXPECT_LE((covariance.cast<long double>() - truth.covariance).norm(),
                      4 * bound * truth.covariance.trace() + kFloor);
            EXPECT_LE(std::abs(sums.trace()[c] - truth.covariance.trace()),
                      4 * bound * truth.covariance.trace() + kFloor);
            EXPECT_EQ(covariance, covariance.transpose());
        }
    }
}

INSTANTIATE_TEST_SUITE_P(DimensionsAndCounts, Sums,
                         testing::Combine(testing::Values(1, 2, 3, 5, 6, 7, 16, 24, 25, 40),
                                          testing::Values(1, 2, 63, 64, 65, 256, 300)));

// Each block holds a point nearer than all before: the reference moves every time. What the far ones add is faint, and
// keeps its digits.
TEST(CloudSums, KeepFaintPointsWhenTheReferenceMoves) {
    for (const int dim : {2, 30}) {
        Cloud cloud(dim, 640, 3);
        for (int k = 0; k < 640; ++k) cloud.points.col(k) *= 0.01;
        for (int k = 0; k < 640; ++k) cloud.points(0, k) += 10.0 - 0.015 * k;
        cloud.note();
        CloudSums sums(dim);
        std::vector<Eigen::MatrixXd> covariances(kTileWidth, Eigen::MatrixXd(dim, dim));
        const Tile x = Tile::Zero(dim, kTileWidth);
        for (const double sigma : {0.02, 0.05, 0.2}) {
            const double precision = 1.0 / (sigma * sigma);
            sums.run(cloud.view(), x, Row::Constant(precision), Spread::full, &covariances);
            const Truth truth = truth_of(cloud, x.col(0), precision);
            const double bound = allowed(cloud, truth, x.col(0), precision);
            EXPECT_LE((covariances[0].cast<long double>() - truth.covariance).norm(),
                      4 * bound * truth.covariance.trace() + kFloor);
            EXPECT_NEAR(sums.entropy()[0], static_cast<double>(truth.entropy),
                        bound * (1.0 + static_cast<double>(truth.entropy)));
        }
    }
}

// Columns by products of matrices stand beside columns by differences.
TEST(CloudSums, AColumnDependsOnItselfAlone) {
    const int dim = 16;
    const Cloud cloud(dim, 200, 5);
    const Tile x = places(cloud, 0.3);
    Row mixed;
    for (int c = 0; c < kTileWidth; ++c) mixed[c] = c % 3 == 0 ? 400.0 : (c % 3 == 1 ? 9.0 : 0.01);
    std::vector<Eigen::MatrixXd> together(kTileWidth, Eigen::MatrixXd(dim, dim));
    auto alone = together;
    CloudSums sums(dim);
    CloudSums other(dim);
    sums.run(cloud.view(), x, mixed, Spread::full, &together);
    for (int c = 0; c < kTileWidth; c += 5) {
        const Tile same = x.col(c).replicate(1, kTileWidth);
        other.run(cloud.view(), same, Row::Constant(mixed[c]), Spread::full, &alone);
        EXPECT_EQ(sums.shift().col(c), other.shift().col(7));
        EXPECT_EQ(sums.reference().col(c), other.reference().col(7));
        EXPECT_EQ(sums.log_sum()[c], other.log_sum()[7]);
        EXPECT_EQ(sums.entropy()[c], other.entropy()[7]);
        EXPECT_EQ(together[static_cast<std::size_t>(c)], alone[7]);
    }
}

TEST(CloudSums, NaNSpoilsItsColumnAlone) {
    const Cloud cloud(2, 100, 6);
    Tile x = places(cloud, 1.0);
    CloudSums sums(2);
    sums.run(cloud.view(), x, Row::Ones(), Spread::none, nullptr);
    const Tile before = sums.shift();
    x(1, 4) = std::nan("");
    sums.run(cloud.view(), x, Row::Ones(), Spread::none, nullptr);
    for (int c = 0; c < kTileWidth; ++c) {
        if (c == 4)
            EXPECT_TRUE(std::isnan(sums.log_sum()[c]));
        else
            EXPECT_EQ(sums.shift().col(c), before.col(c));
    }
}

}  // namespace
}  // namespace sigmaflow
