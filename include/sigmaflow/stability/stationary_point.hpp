#pragma once
/// \file
/// A stationary point of p_sigma, and all that were found at one sigma.

#include <Eigen/Core>
#include <string>
#include <vector>

namespace sigmaflow {

/// Eigenvalues of J this near to 0 count as zero: far above rounding (1e-13), far below what two points that can be
/// told apart leave.
inline constexpr double kZeroEigenvalue = 1e-8;

/// x = m(x; sigma).
struct StationaryPoint {
    Eigen::VectorXd x;
    Eigen::VectorXd eigenvalues;      ///< of J, ascending
    Eigen::MatrixXd eigenvectors;     ///< in columns
    Eigen::MatrixXd zero_directions;  ///< d x z, orthonormal: along a family of stationary points, if `is_family`
    int index = 0;                    ///< eigenvalues below -kZeroEigenvalue: 0 for a mode
    double residual = 0.0;            ///< |x - m| in units of length (sigma)
    bool is_family = false;           ///< one of a continuum of stationary points of dimension z
    /// Of the family, 1 for a single point; -1 where it is not known. A closed manifold of odd dimension has 0, a
    /// sphere of even dimension 2.
    int euler_characteristic = 1;

    [[nodiscard]] int zeros() const { return static_cast<int>(zero_directions.cols()); }
    /// What this point or family adds to the Euler sum.
    [[nodiscard]] int euler_term() const { return (index % 2 == 0 ? 1 : -1) * euler_characteristic; }
};

/// What is known of all stationary points at one tau.
struct StationarySet {
    double tau = 0.0;
    std::vector<StationaryPoint> points;  ///< by index, then by the first coordinate that differs
    /// Sum of euler_term(), which is 1 when none is missing: p_sigma vanishes at infinity (Morse 1925).
    int euler_sum = 0;
    /// The sum is 1, and no point is degenerate without being part of a family. Points missing in pairs of opposite
    /// sign cannot be seen from the sum.
    bool complete = false;
    std::string doubt;  ///< why it is not complete

    [[nodiscard]] int modes() const;
};

/// Fills in eigenvalues, eigenvectors, index and zero directions from J.
void classify(const Eigen::MatrixXd& jacobian, StationaryPoint& point);

/// Brings the points in order and sums up.
void summarise(StationarySet& set);

}  // namespace sigmaflow
