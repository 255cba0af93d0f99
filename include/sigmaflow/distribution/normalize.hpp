#pragma once
/// \file
/// The parameter `normalize`: zero mean, and identity covariance on the span of the law, from its exact moments.

#include <memory>

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"

namespace sigmaflow {

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

/// Any law with its parameters' `normalize` applied, from its exact moments; the law itself for `none`. Where moments
/// are all that is known, directions narrower than 1e-7 of the widest count as flat. An InputError where the law has no
/// covariance, or no closed form under the map.
[[nodiscard]] std::unique_ptr<Distribution> normalized(std::unique_ptr<Distribution> law, const Parameters& parameters);

/// A distribution from a law, with its parameters' `normalize` applied: an IsotropicCloud if the law is one, a
/// GaussianMixture otherwise.
[[nodiscard]] std::unique_ptr<Distribution> make_distribution(const MixtureLaw& law, const Parameters& parameters);

}  // namespace sigmaflow
