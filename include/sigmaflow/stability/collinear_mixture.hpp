#pragma once
/// \file
/// Mixtures whose equal, isotropic components stand on a line: what x tells of the component depends on one coordinate,
/// and averages over p_sigma are integrals over the line, in any dimension.

#include <Eigen/Core>
#include <optional>

#include "sigmaflow/distribution/mixture_law.hpp"

namespace sigmaflow {

/// sum_k w_k N(m + position_k e, variance I) in R^dim.
struct CollinearMixture {
    Eigen::VectorXd weights;    ///< K, sum 1
    Eigen::VectorXd positions;  ///< K, along the line
    double variance = 0.0;
    int dim = 1;
};

/// The law in this form, if it has it: one component, or at most 64 of them whose distances to the line are rounding
/// (1e-13 of their extent).
[[nodiscard]] std::optional<CollinearMixture> collinear_mixture(const MixtureLaw& law);

/// phi(sigma) = E sum_k P(k|x)^2, the chance that two clones of x end in the same component. Trapezoidal rule on the
/// line, whose step follows from the distance of the poles of P: about 1e-15. O(K^2 nodes), nodes <= 1e6.
[[nodiscard]] double commitment(const CollinearMixture& law, double sigma);

/// I(k; x_sigma) = H(w) - E H(k|x) in nats, likewise.
[[nodiscard]] double component_information(const CollinearMixture& law, double sigma);

/// I(x0; x_sigma) = (dim/2) ln(1 + variance/sigma^2) + I(k; x_sigma) in nats.
[[nodiscard]] double mutual_information(const CollinearMixture& law, double sigma);

}  // namespace sigmaflow
