#pragma once
/// \file
/// Affine maps of R^d and the image of any distribution under one.

#include <Eigen/Core>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace sigmaflow {

class Distribution;

/// x -> linear (x - origin) + shift.
struct AffineMap {
    Eigen::MatrixXd linear;  ///< d' x d
    Eigen::VectorXd origin;  ///< d
    Eigen::VectorXd shift;   ///< d'

    [[nodiscard]] Eigen::VectorXd operator()(const Eigen::VectorXd& x) const { return linear * (x - origin) + shift; }
    /// This map after `first`.
    [[nodiscard]] AffineMap after(const AffineMap& first) const;
};

/// x -> scale (x - origin).
[[nodiscard]] AffineMap scaling(const Eigen::VectorXd& origin, double scale);

/// The factor if the map is a positive multiple of the identity, else 0. O(d^2).
[[nodiscard]] double uniform_scale(const AffineMap& map);

/// linear = scale Q with Q^T Q = I: noise that is isotropic before is isotropic on the image.
struct Isometry {
    double scale = 1.0;
    Eigen::MatrixXd basis;   ///< Q, d' x d; 0 x 0 for the identity, which costs nothing
    Eigen::VectorXd origin;  ///< d
    Eigen::VectorXd shift;   ///< d'
};

/// The map as a scaled isometry, if Q^T Q = I to 1e-12 and the scale is not zero.
[[nodiscard]] std::optional<Isometry> isometry_of(const AffineMap& map);

/// A law has no exact posterior under this map; the text says why.
class NoClosedForm : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The image of a law: by the law's own rule (Distribution::mapped), else as an isometric image. Throws NoClosedForm.
[[nodiscard]] std::unique_ptr<Distribution> affine_image(std::shared_ptr<const Distribution> law, const AffineMap& map);

}  // namespace sigmaflow
