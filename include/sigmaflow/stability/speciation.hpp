#pragma once
/// \file
/// Speciation: the sigma at which the generation of a law first has to choose, by every definition in use. They differ
/// because frozen drifts of different processes lose their stability at different sigmas.

#include <limits>
#include <optional>

#include "sigmaflow/stability/centre_follower.hpp"

namespace sigmaflow {

/// A process whose frozen drift at the centre loses its stability. With a = the top eigenvalue of Cov[x0|x] there:
enum class SpeciationFrame {
    canonical,       ///< dx/dtau = x - m: sigma^2 = a, a pitchfork of p_sigma itself
    reverse_vp_sde,  ///< drift of the reverse VP SDE (Raya and Ambrogioni 2023): sigma^2 = sqrt(1 + a^2) + a - 1
    vp_flow          ///< probability flow in VP coordinates: sigma^2 = a / (1 - a), at every sigma for a >= 1
};

/// The a at which a frame loses its stability at sigma: sigma^2, s(s + 2)/(2(s + 1)) or s/(s + 1) with s = sigma^2.
[[nodiscard]] double critical_variance(SpeciationFrame frame, double sigma);
/// The sigma at which a frame loses its stability if a is the same at every sigma; infinite for vp_flow and a >= 1.
[[nodiscard]] double critical_sigma(SpeciationFrame frame, double a);

/// OU time t of a sigma, sigma^2 = e^(2t) - 1, and back.
[[nodiscard]] double ou_time(double sigma);
[[nodiscard]] double sigma_of_ou_time(double t);

/// Biroli, Bonnaire, de Bortoli and Mezard (2024): t_S = ln(Lambda)/2 in OU time, hence sigma^2 = Lambda - 1 (0 for
/// Lambda <= 1).
[[nodiscard]] double biroli_sigma(double largest_eigenvalue);

/// The largest eigenvalue of Cov[x0].
[[nodiscard]] double top_covariance(const Distribution& law);
/// The largest eigenvalue of the covariance of E[x0|k], k the class of a labelled law or the component of a Gaussian
/// mixture; NaN for a law without either.
[[nodiscard]] double top_between_covariance(const Distribution& law);

struct SpeciationPoint {
    double sigma = std::numeric_limits<double>::quiet_NaN();     ///< NaN: never; infinite: unstable at every sigma
    double variance = std::numeric_limits<double>::quiet_NaN();  ///< a there
    Eigen::VectorXd centre;                                      ///< empty without a sigma
    Eigen::VectorXd direction;                                   ///< that becomes unstable
};

/// Where a frame loses its stability, followed from 16 times the width sqrt(tr Cov[x0]) down to `least` times it:
/// a(sigma) = critical_variance(sigma) solved with a of the centre at each sigma, to about 1e-12 relative for a
/// symmetric law; or where the centre ends in a fold, to the root of rounding. Steps are 5 % of sigma, less where the
/// centre moves; a crossing and back within a step is overlooked. The stationary centre of a law without symmetry
/// usually stays a stable mode to the end: the answer is then NaN. The mean of such a law has a threshold if it is not
/// far from symmetric.
[[nodiscard]] SpeciationPoint speciation(const Distribution& law, SpeciationFrame frame, CentreRule rule,
                                         double least = 1e-3);

}  // namespace sigmaflow
