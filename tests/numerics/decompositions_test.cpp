#include "sigmaflow/numerics/decompositions.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>
#include <utility>
#include <vector>

#include "sigmaflow/numerics/random.hpp"
#include "support/allocations.hpp"

namespace sigmaflow {
namespace {

Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index cols, std::int64_t number) {
    Stream stream(1, 2, number, Purpose::test);
    Eigen::MatrixXd out(rows, cols);
    for (Eigen::Index j = 0; j < cols; ++j) {
        for (Eigen::Index i = 0; i < rows; ++i) out(i, j) = stream.normal();
    }
    return out;
}

Eigen::MatrixXd symmetric(int dim, std::int64_t number) {
    const Eigen::MatrixXd a = random_matrix(dim, dim, number);
    return a + a.transpose();
}

constexpr double eps = std::numeric_limits<double>::epsilon();

TEST(SymmetricEigenpairs, RebuildTheMatrix) {
    for (const int dim : {1, 2, 3, 7, 20}) {
        const Eigen::MatrixXd a = symmetric(dim, dim);
        const auto [values, vectors] = symmetric_eigenpairs(a);
        const Eigen::MatrixXd rebuilt = vectors * values.asDiagonal() * vectors.transpose();
        EXPECT_LT((rebuilt - a).norm(), 20 * eps * dim * a.norm());
        EXPECT_LT((vectors.transpose() * vectors - Eigen::MatrixXd::Identity(dim, dim)).norm(), 20 * eps * dim);
        for (int i = 1; i < dim; ++i) EXPECT_LE(values[i - 1], values[i]);
    }
}

TEST(SymmetricEigenpairs, NonFiniteInputThrows) {
    Eigen::MatrixXd a = symmetric(3, 0);
    a(1, 0) = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW((void)symmetric_eigenpairs(a), std::runtime_error);
    EXPECT_THROW((void)singular_values(a), std::runtime_error);
}

TEST(SingularValuesOf, RebuildTheMatrixAndDescend) {
    for (const auto& [rows, cols] : {std::pair{3, 5}, {5, 3}, {4, 4}, {6, 1}}) {
        const Eigen::MatrixXd a = random_matrix(rows, cols, rows * cols);
        const auto [left, values, right] = singular_values(a);
        EXPECT_LT((left * values.asDiagonal() * right.transpose() - a).norm(), 100 * eps * a.norm());
        for (Eigen::Index i = 1; i < values.size(); ++i) EXPECT_GE(values[i - 1], values[i]);
    }
}

TEST(SingularValuesOf, NothingIsNothing) {
    const auto [left, values, right] = singular_values(Eigen::MatrixXd(4, 0));
    EXPECT_EQ(left.rows(), 4);
    EXPECT_EQ(left.cols(), 0);
    EXPECT_EQ(values.size(), 0);
    EXPECT_EQ(right.size(), 0);
}

TEST(TriangularFactor, HasTheGramMatrixOfItsRows) {
    for (const auto& [rows, cols] : {std::pair{2, 5}, {40, 5}, {5, 5}}) {
        const Eigen::MatrixXd a = random_matrix(rows, cols, rows + cols);
        const Eigen::MatrixXd r = triangular_factor(a);
        ASSERT_EQ(r.rows(), cols);
        EXPECT_LT((r.transpose() * r - a.transpose() * a).norm(), 50 * eps * a.squaredNorm());
        EXPECT_EQ(Eigen::MatrixXd(r.triangularView<Eigen::StrictlyLower>()).norm(), 0.0);
    }
}

// A = Q R with R upper triangular and its diagonal positive says all of it.
TEST(OrthonormalColumns, AreTheQFactorWithAPositiveDiagonal) {
    for (const auto& [rows, cols] : std::vector<std::pair<int, int>>{{1, 1}, {3, 2}, {8, 8}, {40, 17}}) {
        const Eigen::MatrixXd a = random_matrix(rows, cols, 31);
        const Eigen::MatrixXd q = orthonormal_columns(a);
        EXPECT_LT((q.transpose() * q - Eigen::MatrixXd::Identity(cols, cols)).norm(), 20 * eps * cols);
        const Eigen::MatrixXd r = q.transpose() * a;
        for (int j = 0; j < cols; ++j) {
            EXPECT_GT(r(j, j), 0.0);
            EXPECT_LT(r.col(j).tail(cols - 1 - j).norm(), 20 * eps * a.norm());
        }
        EXPECT_LT((q * r - a).norm(), 20 * eps * cols * a.norm());
    }
}

TEST(SymmetricSpectrum, AgreesWithTheEigenpairs) {
    for (const int dim : {1, 2, 3, 6, 17}) {
        SymmetricSpectrum spectrum(dim);
        for (std::int64_t trial = 0; trial < 20; ++trial) {
            const Eigen::MatrixXd a = symmetric(dim, 100 * dim + trial);
            EXPECT_LT((spectrum.eigenvalues(a) - symmetric_eigenpairs(a).values).norm(), 10 * eps * dim * a.norm());
        }
    }
}

// Nearly equal and nearly singular pairs, a 3-4-5 triangle, entries near overflow and underflow.
TEST(SymmetricSpectrum, ClosedFormsAreAccurateToRounding) {
    SymmetricSpectrum spectrum(2);
    Eigen::Matrix2d a;
    a << 1.0, 0.0, 1.0, 1.0;  // the upper triangle is not read
    EXPECT_LT(std::abs(spectrum.eigenvalues(a)[0]), eps);
    EXPECT_NEAR(spectrum.eigenvalues(a)[1], 2.0, 2 * eps);
    a << 2.0, 0.0, 1e-9, 2.0;
    EXPECT_NEAR(spectrum.eigenvalues(a)[1] - spectrum.eigenvalues(a)[0], 2e-9, 2 * eps);
    a << 3.0, 0.0, -4.0, -3.0;
    EXPECT_EQ(spectrum.eigenvalues(a)[0], -5.0);
    EXPECT_EQ(spectrum.eigenvalues(a)[1], 5.0);
    a << 1e308, 0.0, 0.0, 1e308;
    EXPECT_EQ(spectrum.eigenvalues(a)[1], 1e308);
    a << 1e-300, 0.0, 0.0, -1e-300;
    EXPECT_EQ(spectrum.eigenvalues(a)[0], -1e-300);
}

TEST(SymmetricSpectrum, NonFiniteInputGivesNanThroughout) {
    for (const int dim : {1, 2, 3, 5}) {
        SymmetricSpectrum spectrum(dim);
        Eigen::MatrixXd a = symmetric(dim, dim);
        a(dim - 1, 0) = std::numeric_limits<double>::infinity();
        EXPECT_TRUE(spectrum.eigenvalues(a).array().isNaN().all());
        const Eigen::MatrixXd good = symmetric(dim, dim + 1);
        EXPECT_TRUE(spectrum.eigenvalues(good).allFinite()) << "the next matrix is not tainted";
        Eigen::MatrixXd upper = good;
        if (dim > 1) upper(0, dim - 1) = std::numeric_limits<double>::quiet_NaN();
        EXPECT_EQ(Eigen::VectorXd(spectrum.eigenvalues(upper)), Eigen::VectorXd(spectrum.eigenvalues(good)));
    }
}

TEST(SymmetricSpectrum, DoesNotAllocateAndMoves) {
    for (const int dim : {1, 2, 3, 8, 40}) {
        SymmetricSpectrum first(dim);
        SymmetricSpectrum spectrum(std::move(first));
        const Eigen::MatrixXd a = symmetric(dim, 3);
        const long before = test::allocations;
        for (int i = 0; i < 5; ++i) (void)spectrum.eigenvalues(a);
        EXPECT_EQ(test::allocations - before, 0) << dim;
    }
}

TEST(SymmetricSpectrum, BitsDependOnTheMatrixAlone) {
    const Eigen::MatrixXd a = symmetric(9, 4);
    SymmetricSpectrum spectrum(9);
    const Eigen::VectorXd expected = spectrum.eigenvalues(a);
    (void)spectrum.eigenvalues(symmetric(9, 5));
    EXPECT_EQ(Eigen::VectorXd(spectrum.eigenvalues(a)), expected);
    Eigen::VectorXd elsewhere;
    std::thread([&] { elsewhere = SymmetricSpectrum(9).eigenvalues(a); }).join();
    EXPECT_EQ(elsewhere, expected);
}

}  // namespace
}  // namespace sigmaflow
