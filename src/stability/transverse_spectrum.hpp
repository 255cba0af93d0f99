#pragma once
// The spectrum of J across a family of stationary points: without the directions along it, where eigenvalues are 0.

#include <Eigen/Core>

namespace sigmaflow {

struct TransverseSpectrum {
    Eigen::VectorXd values;           ///< d - z, ascending
    Eigen::MatrixXd vectors;          ///< theirs, in columns
    Eigen::MatrixXd zero_directions;  ///< d x z: the eigenvectors nearest to the directions before
};

/// The family goes on where it went: its directions are the eigenvectors that share most with `zero_directions`, so
/// that another eigenvalue may pass through 0.
[[nodiscard]] TransverseSpectrum transverse_spectrum(const Eigen::MatrixXd& jacobian,
                                                     const Eigen::MatrixXd& zero_directions);

}  // namespace sigmaflow
