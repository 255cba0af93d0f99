#pragma once
/// \file
/// Derivatives of F about a point, by central differences of fourth order in x / length and tau.

#include "sigmaflow/stability/solution_curve.hpp"

namespace sigmaflow {

/// F, J and their tau derivatives at a point, the spectrum of J without the zero directions of a family, and
/// derivatives of J on demand. Truncation and rounding of first derivatives are about 1e-12, of second ones 1e-8.
class LocalExpansion {
  public:
    LocalExpansion(GradientSystem& system, const Eigen::VectorXd& x, double tau,
                   const Eigen::MatrixXd& zero_directions);

    /// The n eigenvectors nearest to the span of `guide` (d x n); the n of least |eigenvalue| if it is empty.
    [[nodiscard]] std::vector<Eigen::Index> nearest(const Eigen::MatrixXd& guide, Eigen::Index n) const;
    /// J^+ y: without the zero directions and without the eigenvectors `left_out`.
    [[nodiscard]] Eigen::VectorXd pseudo_solve(const Eigen::VectorXd& y,
                                               const std::vector<Eigen::Index>& left_out) const;
    /// d J / dx along u.
    [[nodiscard]] Eigen::MatrixXd jacobian_rate(const Eigen::VectorXd& u) const;
    /// d2 J / dx2 along u, twice; u != 0.
    [[nodiscard]] Eigen::MatrixXd jacobian_curvature(const Eigen::VectorXd& u) const;

    Eigen::VectorXd value;              ///< F / length
    Eigen::MatrixXd jacobian;           ///< J + Z Z^T
    Eigen::VectorXd tau_rate;           ///< dF/dtau / length
    Eigen::VectorXd tau_curvature;      ///< d2F/dtau2 / length
    Eigen::MatrixXd jacobian_tau_rate;  ///< dJ/dtau
    Eigen::VectorXd eigenvalues;        ///< of J, without the zero directions, ascending
    Eigen::MatrixXd eigenvectors;       ///< in columns

  private:
    GradientSystem& system_;
    Eigen::VectorXd x_;
    double tau_;
    double length_;
};

}  // namespace sigmaflow
