#pragma once
/// \file
/// The law of a Gaussian mixture and what can be done to it exactly: moments and affine maps.

#include <Eigen/Core>
#include <vector>

#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {

/// N(mean, S), S = variance (I - U U^T) + U diag(variances) U^T: few axes U apart from a sphere. S may be singular;
/// `variances` are the whole variances along the axes, so that a flat direction has exactly 0.
struct GaussianComponent {
    Eigen::VectorXd mean;
    double variance = 0.0;      ///< in every direction orthogonal to the axes
    Eigen::MatrixXd axes;       ///< d x r, orthonormal columns; r may be 0
    Eigen::VectorXd variances;  ///< r numbers >= 0
};

struct MixtureLaw {
    Eigen::VectorXd weights;  ///< positive, any sum
    std::vector<GaussianComponent> components;

    [[nodiscard]] int dim() const { return static_cast<int>(components.front().mean.size()); }
    /// All S_k = v I with one common v.
    [[nodiscard]] bool is_cloud() const;
};

/// N(mean, variance I).
[[nodiscard]] GaussianComponent isotropic_component(const Eigen::VectorXd& mean, double variance);
/// N(mean, V diag(values) V^T) with V d x d; the most frequent eigenvalue becomes the sphere, if any is repeated.
/// Eigenvalues that differ by less than 1e-14 of themselves count as equal.
[[nodiscard]] GaussianComponent component_of(const Eigen::VectorXd& mean, const EigenPairs& spectrum);
/// The eigenpairs of S, zero ones included: V is d x d.
[[nodiscard]] EigenPairs spectrum_of(const GaussianComponent& component);
/// The symmetric root of S.
[[nodiscard]] Eigen::MatrixXd root_of(const GaussianComponent& component);
/// Columns G with G G^T = S, one per axis if the sphere is flat.
[[nodiscard]] Eigen::MatrixXd factor_of(const GaussianComponent& component);
/// S itself.
[[nodiscard]] Eigen::MatrixXd covariance_of(const GaussianComponent& component);

/// Widths below this part of the widest are rounding and count as zero after a map.
inline constexpr double kFlat = 1e-13;

[[nodiscard]] Moments moments_of(const MixtureLaw& law);
[[nodiscard]] Eigen::VectorXd mean_of(const MixtureLaw& law);
/// The image of the law under any map. Directions whose width falls below kFlat of the widest are flat afterwards;
/// axes stay as they are under a uniform scaling.
[[nodiscard]] MixtureLaw mapped(const MixtureLaw& law, const AffineMap& map);

/// A distribution with that law: an IsotropicCloud if it is one, a GaussianMixture otherwise.
[[nodiscard]] std::unique_ptr<Distribution> distribution_of(MixtureLaw law);

}  // namespace sigmaflow
