#pragma once
/// \file
/// Roots of covariances: columns F with F F^T = Cov, summed without forming the covariance.

#include <Eigen/Core>

namespace sigmaflow {

/// The root of a sum of covariances F_k F_k^T: columns are folded into a running triangular factor, some at a time.
/// O(n d^2) for n columns, O(d^2) memory.
class RootSum {
  public:
    explicit RootSum(Eigen::Index dim) : rows_(0, dim) {}

    /// d x any number of columns.
    void add(const Eigen::MatrixXd& columns);
    /// d x d.
    [[nodiscard]] Eigen::MatrixXd result() const;

  private:
    Eigen::MatrixXd rows_;
};

/// F of a covariance matrix; what is below its rounding, 1e-14 of the largest eigenvalue, is flat.
[[nodiscard]] Eigen::MatrixXd root_of_covariance(const Eigen::MatrixXd& covariance);

}  // namespace sigmaflow
