// Singular values of long products against products that are built from them.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "sigmaflow/numerics/decompositions.hpp"
#include "sigmaflow/numerics/graded_columns.hpp"
#include "sigmaflow/numerics/random.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

Eigen::MatrixXd random_matrix(Stream& stream, Eigen::Index rows, Eigen::Index cols) {
    Eigen::MatrixXd out(rows, cols);
    for (auto& number : out.reshaped()) number = stream.normal();
    return out;
}

Eigen::MatrixXd random_rotation(Stream& stream, Eigen::Index dim) {
    return orthonormal_columns(random_matrix(stream, dim, dim));
}

/// A product of matrices of every particle, factor by factor.
class Product32 {
  public:
    Product32(int dim, int count)
        : dim_(dim), count_(count), frame_(Tile::Zero(dim * count, kTileWidth)), logs_(Tile::Zero(count, kTileWidth)) {
        for (int j = 0; j < count; ++j) frame_.row(j * dim + j).setOnes();
    }
    void apply(int column, const Eigen::MatrixXd& factor) {
        for (int j = 0; j < count_; ++j) {
            const Eigen::VectorXd f = frame_.col(column).segment(j * dim_, dim_);
            frame_.col(column).segment(j * dim_, dim_) = factor * f;
        }
    }
    void orthogonalise() {
        const std::array<Tile*, 1> tiles = {&frame_};
        GradedColumns(dim_, count_).orthogonalise(tiles, 0, logs_);
    }
    /// ln s, descending.
    [[nodiscard]] Eigen::VectorXd logs(int column) const {
        Eigen::VectorXd out = logs_.col(column);
        std::sort(out.begin(), out.end(), std::greater<>());
        return out;
    }
    [[nodiscard]] Eigen::MatrixXd frame(int column) const {
        const Eigen::VectorXd all = frame_.col(column);
        return Eigen::Map<const Eigen::MatrixXd>(all.data(), dim_, count_);
    }

  private:
    int dim_, count_;
    Tile frame_, logs_;
};

// M_i = U_i diag(s^(1/m)) U_{i-1}^T with random rotations: the product has the singular values s, of any size. The
// factors are well conditioned, so nothing is lost whatever the range; 40 factors of 6 x 6 numbers lose 1e-14.
TEST(GradedColumns, KeepSmallSingularValuesOfAProduct) {
    constexpr int dim = 6, factors = 40;
    double worst = 0.0;
    for (const double range : {1e-3, 1e-12, 1e-200, 0.0}) {  // the last one: 10^-400, beyond any double
        Product32 product(dim, dim);
        Eigen::VectorXd logs(dim);
        const double least = range > 0.0 ? std::log(range) : -400.0 * std::log(10.0);
        for (int i = 0; i < dim; ++i) logs[i] = least * i / (dim - 1);
        const Eigen::MatrixXd step = (logs / factors).array().exp().matrix().asDiagonal();
        std::vector<Eigen::MatrixXd> before(kTileWidth, Eigen::MatrixXd::Identity(dim, dim));
        for (int k = 0; k < factors; ++k) {
            for (int c = 0; c < kTileWidth; ++c) {
                Stream stream(1, k, c, Purpose::test);
                const Eigen::MatrixXd after = random_rotation(stream, dim);
                product.apply(c, after * step * before[static_cast<std::size_t>(c)].transpose());
                before[static_cast<std::size_t>(c)] = after;
            }
            product.orthogonalise();
        }
        for (int c = 0; c < kTileWidth; ++c) {
            const double condition = std::exp(-least / factors);  // of a factor: 1e10 in the last case
            const double error = (product.logs(c) - logs).cwiseAbs().maxCoeff();
            EXPECT_LE(error, 1e-15 * factors * condition) << range;
            if (range == 1e-12) worst = std::max(worst, error);
        }
    }
    testing_support::claim("product-singular-values", worst);
    EXPECT_LE(worst, 1e-12);
}

// One factor with singular values 1 and 0.001 whose triangular factor has the diagonal 0.825 and 0.00121.
TEST(GradedColumns, AreNoDiagonalsOfTriangularFactors) {
    const double cosine = std::sqrt((0.825 * 0.825 - 1e-6) / (1.0 - 1e-6));
    const double sine = std::sqrt(1.0 - cosine * cosine);
    Eigen::Matrix2d factor;
    factor << cosine, -sine, 0.001 * sine, 0.001 * cosine;
    const Eigen::MatrixXd triangular = triangular_factor(factor);
    EXPECT_NEAR(std::abs(triangular(0, 0)), 0.825, 1e-12);
    EXPECT_NEAR(std::abs(triangular(1, 1)), 0.00121, 1e-5);
    Product32 product(2, 2);
    for (int c = 0; c < kTileWidth; ++c) product.apply(c, factor);
    product.orthogonalise();
    EXPECT_NEAR(product.logs(3)[0], 0.0, 1e-15);
    EXPECT_NEAR(product.logs(3)[1], std::log(0.001), 1e-13);
}

// Fewer columns than rows, equal singular values among them: against a dense decomposition of the product.
TEST(GradedColumns, OfRectangularProductsAgreeWithADenseDecomposition) {
    for (int count = 1; count <= 5; ++count) {
        Product32 product(5, count);
        std::vector<Eigen::MatrixXd> dense(kTileWidth, Eigen::MatrixXd::Identity(5, count));
        for (int k = 0; k < 6; ++k) {
            for (int c = 0; c < kTileWidth; ++c) {
                Stream stream(2, k, c, Purpose::test);
                Eigen::MatrixXd factor = Eigen::MatrixXd::Identity(5, 5);
                if (c % 2 == 0)
                    factor += 0.3 * random_matrix(stream, 5, 5);
                else
                    factor *= 0.5;  // all singular values stay equal
                product.apply(c, factor);
                dense[static_cast<std::size_t>(c)] = factor * dense[static_cast<std::size_t>(c)];
            }
            product.orthogonalise();
        }
        for (int c = 0; c < kTileWidth; ++c) {
            const Eigen::VectorXd expected = singular_values(dense[static_cast<std::size_t>(c)]).values;
            const Eigen::VectorXd found = product.logs(c).array().exp();
            EXPECT_LE((found - expected).cwiseAbs().maxCoeff(), 1e-13 * expected[0]) << count;
            const Eigen::MatrixXd frame = product.frame(c);
            EXPECT_LE((frame.transpose() * frame - Eigen::MatrixXd::Identity(count, count)).norm(), 1e-14);
        }
    }
}

// Other tiles undergo the same operations: what was L F stays L F.
TEST(GradedColumns, CarryCompanionsAlong) {
    constexpr int dim = 4;
    Stream stream(3, 3, 0, Purpose::test);
    const Eigen::MatrixXd map = random_matrix(stream, dim, dim);
    Tile frame(1 + dim * dim, kTileWidth), companion(1 + dim * dim, kTileWidth);
    for (auto& number : frame.reshaped()) number = stream.normal();
    frame.row(0).setConstant(7.0);
    companion = frame;
    for (int j = 0; j < dim; ++j) companion.middleRows(1 + j * dim, dim) = map * frame.middleRows(1 + j * dim, dim);
    Tile logs = Tile::Zero(dim, kTileWidth);
    for (int j = 0; j < dim; ++j) logs.row(j).setConstant(-3.0 * j);
    const std::array<Tile*, 2> tiles = {&frame, &companion};
    GradedColumns(dim, dim).orthogonalise(tiles, 1, logs);
    for (int j = 0; j < dim; ++j) {
        const Tile expected = map * frame.middleRows(1 + j * dim, dim);
        EXPECT_LE((companion.middleRows(1 + j * dim, dim) - expected).cwiseAbs().maxCoeff(), 1e-11);
    }
    EXPECT_TRUE((frame.row(0).array() == 7.0).all());
    EXPECT_TRUE((companion.row(0).array() == 7.0).all());
}

// A particle among others, some converging sooner, one not a number, against the same one alone.
TEST(GradedColumns, DoNotDependOnNeighbours) {
    constexpr int dim = 5;
    Product32 crowd(dim, dim), alone(dim, dim);
    for (int k = 0; k < 8; ++k) {
        for (int c = 0; c < kTileWidth; ++c) {
            Stream stream(4, k, c, Purpose::test), same(4, k, 5, Purpose::test);
            Eigen::MatrixXd factor = random_matrix(stream, dim, dim);
            if (c == 7) factor(1, 1) = std::numeric_limits<double>::quiet_NaN();
            if (c % 4 == 0) factor = Eigen::MatrixXd::Identity(dim, dim);
            crowd.apply(c, factor);
            alone.apply(c, random_matrix(same, dim, dim));
        }
        crowd.orthogonalise();
        alone.orthogonalise();
    }
    EXPECT_EQ(crowd.logs(5), alone.logs(0));
    EXPECT_EQ(crowd.frame(5), alone.frame(0));
    EXPECT_TRUE(std::isnan(crowd.frame(7).sum()));
}

}  // namespace
}  // namespace sigmaflow
