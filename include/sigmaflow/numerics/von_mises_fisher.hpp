#pragma once
/// \file
/// The von Mises-Fisher law exp(kappa u.e) on the unit sphere S^{d-1}: moments and normaliser, each with full relative
/// accuracy for kappa from 0 to 1e16 and beyond (docs/theory.md, section 3).

namespace sigmaflow {

/// With t = u.e and A = I_{d/2}(kappa) / I_{d/2-1}(kappa):
struct VonMisesFisher {
    double ratio = 0.0;       ///< A = E t
    double complement = 1.0;  ///< 1 - A
    double radial = 0.0;      ///< Var t = dA/dkappa = 1 - A^2 - (d-1) A/kappa
    double tangential = 0.0;  ///< A/kappa: variance of u in each direction orthogonal to e
};

/// dim >= 2, kappa >= 0. All four within 2e-13 of themselves: a continued fraction near the origin, Debye's expansion
/// in 1/sqrt(nu^2 + kappa^2), nu = d/2 - 1, elsewhere; it holds uniformly in d and contains the 1/kappa series.
[[nodiscard]] VonMisesFisher von_mises_fisher(int dim, double kappa);

/// ln of the average of exp(kappa t) over the sphere: ln [Gamma(d/2) (2/kappa)^{d/2-1} I_{d/2-1}(kappa)] >= 0, with
/// relative accuracy.
[[nodiscard]] double log_mean_exponential(int dim, double kappa);
/// The same without its growth: log_mean_exponential - kappa <= 0, which the subtraction would lose at large kappa.
[[nodiscard]] double log_mean_exponential_excess(int dim, double kappa);

/// ln of the area of S^{d-1}.
[[nodiscard]] double log_sphere_area(int dim);

}  // namespace sigmaflow
