#pragma once
/// \file
/// Dense decompositions, compiled once: every other file calls these (Eigen's decompositions cost 40 s a file).

#include <Eigen/Core>

namespace sigmaflow {

struct EigenPairs {
    Eigen::VectorXd values;   ///< ascending
    Eigen::MatrixXd vectors;  ///< columns, orthonormal
};

/// Eigenvalues (ascending) and vectors of a symmetric matrix; the lower triangle is read. Throws std::runtime_error if
/// the iteration does not converge (non-finite input).
[[nodiscard]] EigenPairs symmetric_eigenpairs(const Eigen::MatrixXd& matrix);

/// Thin singular value decomposition A = U diag(values) V^T, values descending.
struct SingularValues {
    Eigen::MatrixXd left;
    Eigen::VectorXd values;
    Eigen::MatrixXd right;
};
[[nodiscard]] SingularValues singular_values(const Eigen::MatrixXd& matrix);

/// Eigenvalues of symmetric matrices of one size, repeatedly, without allocation after construction.
class SymmetricSpectrum {
  public:
    explicit SymmetricSpectrum(int dim);
    ~SymmetricSpectrum();
    SymmetricSpectrum(SymmetricSpectrum&&) noexcept;
    SymmetricSpectrum& operator=(SymmetricSpectrum&&) noexcept;

    /// Ascending eigenvalues of `matrix` (lower triangle read). All NaN if the input is not finite.
    const Eigen::VectorXd& eigenvalues(const Eigen::MatrixXd& matrix);

  private:
    struct Impl;
    Impl* impl_;
};

}  // namespace sigmaflow
