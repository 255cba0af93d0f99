#pragma once
/// \file
/// The parameter `normalize`: zero mean, and identity covariance on the span of the law, from its exact moments.

#include <memory>

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/distribution/distribution.hpp"

namespace sigmaflow {

/// The parameter `normalize` that every distribution has.
enum class Normalize { none, center, identity };
[[nodiscard]] Parameter normalize_parameter();
[[nodiscard]] Normalize normalize_of(const Parameters& parameters);

/// Sigma^{+1/2}, the symmetric pseudo-inverse root of Sigma = F F^T on the span of F: exactly a multiple of the
/// identity if F F^T is one to rounding, 0 x 0 if F is zero.
[[nodiscard]] Eigen::MatrixXd whitening_of(const Eigen::MatrixXd& root);

/// A law with its parameters' `normalize` applied: its affine image under x -> W (x - E x0), W = 1 or the whitening of
/// its covariance_root(); the law itself for `none`. Labels and held-out points go with their law. An InputError where
/// the law has no covariance, or no closed form under the map.
[[nodiscard]] std::unique_ptr<Distribution> normalized(std::unique_ptr<Distribution> law, const Parameters& parameters);

}  // namespace sigmaflow
