#pragma once
/// \file
/// The probability flow on the line in closed form: it keeps quantiles, F_sigma(x(sigma)) = const.

#include "sigmaflow/distribution/distribution.hpp"

namespace sigmaflow {

/// ln of the mass of p_sigma on one side of x; sigma = 0 and components without width are allowed, whose mass at x
/// counts as below.
[[nodiscard]] double log_mass_below(const LineLaw& law, double x, double sigma);
[[nodiscard]] double log_mass_above(const LineLaw& law, double x, double sigma);
/// ln p_sigma(x).
[[nodiscard]] double log_line_density(const LineLaw& law, double x, double sigma);

/// x' with F_to(x') = F_from(x): Newton's method inside a bracket on the logarithm of the smaller tail, so far tails
/// keep their digits: |dx'| is a few rounding errors of x' or, where p_to is so small that x' depends on the last
/// digits of the quantile, of ln F divided by its slope. About ten evaluations of all components.
[[nodiscard]] double keep_quantile(const LineLaw& law, double x, double from, double to);

}  // namespace sigmaflow
