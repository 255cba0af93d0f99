#include "sigmaflow/numerics/decompositions.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace sigmaflow {

EigenPairs symmetric_eigenpairs(const Eigen::MatrixXd& matrix) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
    if (solver.info() != Eigen::Success || !solver.eigenvalues().allFinite()) {
        throw std::runtime_error("the eigenvalues of a symmetric matrix did not converge (its entries are not finite)");
    }
    return {solver.eigenvalues(), solver.eigenvectors()};
}

SingularValues singular_values(const Eigen::MatrixXd& matrix) {
    if (!matrix.allFinite()) throw std::runtime_error("singular values of a matrix whose entries are not finite");
    if (matrix.size() == 0) return {Eigen::MatrixXd(matrix.rows(), 0), {}, Eigen::MatrixXd(matrix.cols(), 0)};
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(matrix, Eigen::ComputeThinU | Eigen::ComputeThinV);
    return {svd.matrixU(), svd.singularValues(), svd.matrixV()};
}

Eigen::MatrixXd triangular_factor(const Eigen::MatrixXd& matrix) {
    const Eigen::Index size = matrix.cols();
    Eigen::MatrixXd padded = Eigen::MatrixXd::Zero(std::max(matrix.rows(), size), size);
    padded.topRows(matrix.rows()) = matrix;
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(padded);
    return qr.matrixQR().topRows(size).triangularView<Eigen::Upper>();
}

Eigen::MatrixXd orthonormal_columns(const Eigen::MatrixXd& matrix) {
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(matrix);
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(matrix.rows(), matrix.cols());
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) out(j, j) = qr.matrixQR()(j, j) < 0.0 ? -1.0 : 1.0;
    out.applyOnTheLeft(qr.householderQ());
    return out;
}

Eigen::VectorXd solve_square(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right) {
    return Eigen::PartialPivLU<Eigen::MatrixXd>(matrix).solve(right);
}

struct SymmetricSpectrum::Impl {
    explicit Impl(int size) : dim(size), solver(size), values(size), vectors(size, size) {}

    int dim;
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
    Eigen::VectorXd values;
    Eigen::MatrixXd vectors;
};

SymmetricSpectrum::SymmetricSpectrum(int dim) : impl_(std::make_unique<Impl>(dim)) {}
SymmetricSpectrum::~SymmetricSpectrum() = default;
SymmetricSpectrum::SymmetricSpectrum(SymmetricSpectrum&&) noexcept = default;
SymmetricSpectrum& SymmetricSpectrum::operator=(SymmetricSpectrum&&) noexcept = default;

namespace {

bool lower_triangle_is_finite(const Eigen::MatrixXd& matrix) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
        if (!matrix.col(j).tail(matrix.rows() - j).allFinite()) return false;
    }
    return true;
}

/// Mean -+ radius of Mohr's circle; halved before adding, so that nothing overflows.
void eigenvalues_2x2(const Eigen::MatrixXd& matrix, Eigen::VectorXd& values) {
    const double centre = 0.5 * matrix(0, 0) + 0.5 * matrix(1, 1);
    const double radius = std::hypot(0.5 * matrix(0, 0) - 0.5 * matrix(1, 1), matrix(1, 0));
    values << centre - radius, centre + radius;
}

}  // namespace

const Eigen::VectorXd& SymmetricSpectrum::eigenvalues(const Eigen::MatrixXd& matrix) {
    Eigen::VectorXd& values = impl_->values;
    if (!lower_triangle_is_finite(matrix)) {
        values.setConstant(std::numeric_limits<double>::quiet_NaN());
    } else if (impl_->dim == 1) {
        values[0] = matrix(0, 0);
    } else if (impl_->dim == 2) {
        eigenvalues_2x2(matrix, values);
    } else {
        impl_->solver.compute(matrix, Eigen::EigenvaluesOnly);
        values = impl_->solver.eigenvalues();
    }
    return values;
}

const Eigen::MatrixXd& SymmetricSpectrum::eigenvectors(const Eigen::MatrixXd& matrix) {
    Eigen::MatrixXd& vectors = impl_->vectors;
    if (lower_triangle_is_finite(matrix)) {
        impl_->solver.compute(matrix, Eigen::ComputeEigenvectors);
        vectors = impl_->solver.eigenvectors();
    } else {
        vectors.setConstant(std::numeric_limits<double>::quiet_NaN());
    }
    return vectors;
}

}  // namespace sigmaflow
