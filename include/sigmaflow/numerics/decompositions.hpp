#pragma once
/// \file
/// Dense decompositions, compiled once: every other file calls these (Eigen's decompositions cost 40 s a file).

#include <Eigen/Core>
#include <memory>

namespace sigmaflow {

struct EigenPairs {
    Eigen::VectorXd values;   ///< ascending
    Eigen::MatrixXd vectors;  ///< columns, orthonormal
};

/// Eigenvalues (ascending) and vectors of a symmetric matrix; the lower triangle is read. Throws std::runtime_error if
/// the iteration does not converge (non-finite input).
[[nodiscard]] EigenPairs symmetric_eigenpairs(const Eigen::MatrixXd& matrix);

/// Thin singular value decomposition A = U diag(values) V^T, values descending, each to an accuracy of about
/// eps * values[0]. Throws std::runtime_error for non-finite input.
struct SingularValues {
    Eigen::MatrixXd left;
    Eigen::VectorXd values;
    Eigen::MatrixXd right;
};
[[nodiscard]] SingularValues singular_values(const Eigen::MatrixXd& matrix);

/// The upper triangular R (columns x columns) with R^T R = A^T A, by orthogonal transformations: it has the singular
/// values of A without squaring them. A tall matrix is folded in piece by piece: R(A over B) = R(R(A) over B).
[[nodiscard]] Eigen::MatrixXd triangular_factor(const Eigen::MatrixXd& matrix);

/// The Q factor of a matrix with at least as many rows as columns, signed so that R has a positive diagonal: columns
/// that are orthonormal to rounding, with the span of the first n columns of A for every n.
[[nodiscard]] Eigen::MatrixXd orthonormal_columns(const Eigen::MatrixXd& matrix);

/// The solution of A x = b for a square A, by LU with partial pivoting; not finite if A is singular to rounding.
[[nodiscard]] Eigen::VectorXd solve_square(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);

/// Eigenvalues and vectors of symmetric matrices of one size, repeatedly, without allocation after construction. The
/// bits depend on the matrix alone. Accuracy: about eps * |A|, absolute.
class SymmetricSpectrum {
  public:
    explicit SymmetricSpectrum(int dim);
    ~SymmetricSpectrum();
    SymmetricSpectrum(SymmetricSpectrum&&) noexcept;
    SymmetricSpectrum& operator=(SymmetricSpectrum&&) noexcept;

    /// Ascending eigenvalues of `matrix` (lower triangle read). All NaN if the input is not finite.
    const Eigen::VectorXd& eigenvalues(const Eigen::MatrixXd& matrix);
    /// Orthonormal eigenvectors in columns, in the order of ascending eigenvalues. All NaN if the input is not finite.
    const Eigen::MatrixXd& eigenvectors(const Eigen::MatrixXd& matrix);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sigmaflow
