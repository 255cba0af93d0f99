#pragma once
/// \file
/// The law of a Gaussian mixture and what can be done to it exactly: moments, affine maps, normalisation.

#include <Eigen/Core>
#include <string>
#include <vector>

#include "sigmaflow/core/schema.hpp"
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
/// S itself.
[[nodiscard]] Eigen::MatrixXd covariance_of(const GaussianComponent& component);

[[nodiscard]] Moments moments_of(const MixtureLaw& law);
/// The law of map (x - origin). Directions that the map flattens to below 1e-13 of the widest are flat afterwards.
[[nodiscard]] MixtureLaw mapped(const MixtureLaw& law, const Eigen::VectorXd& origin, const Eigen::MatrixXd& map);

/// Sigma^{+1/2} from columns F with Sigma = F F^T: the symmetric pseudo-inverse root on the span of F, and whether it
/// is a multiple of the identity.
struct Whitening {
    Eigen::MatrixXd map;  ///< 0 x 0 if F is zero
    double scale = 0.0;   ///< map = scale * I, or 0 if it is no multiple
};
[[nodiscard]] Whitening whitening_of(const Eigen::MatrixXd& root);
/// Columns F with F F^T = Cov of the law, compressed to d x d.
[[nodiscard]] Eigen::MatrixXd covariance_root(const MixtureLaw& law, const Eigen::VectorXd& mean);
/// The same for the points y_k (columns) with weights, each N(y_k, variance I).
[[nodiscard]] Eigen::MatrixXd covariance_root(const Eigen::Ref<const Eigen::MatrixXd>& points,
                                              const Eigen::VectorXd& probabilities, double variance,
                                              const Eigen::VectorXd& mean);

/// The parameter `normalize` that every distribution has.
enum class Normalize { none, center, identity };
[[nodiscard]] Parameter normalize_parameter();
[[nodiscard]] Normalize normalize_of(const Parameters& parameters);

/// A distribution from a law, with its parameters' `normalize` applied: an IsotropicCloud if the law is one, a
/// GaussianMixture otherwise.
[[nodiscard]] std::unique_ptr<Distribution> make_distribution(const MixtureLaw& law, const Parameters& parameters);

}  // namespace sigmaflow
