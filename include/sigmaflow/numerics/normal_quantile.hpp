#pragma once
/// \file
/// The inverse of the standard normal distribution function.

namespace sigmaflow {

/// z with Phi(z) = p, 0 < p < 1, to about 1e-15 relative: Wichura (1988), algorithm AS 241, PPND16. Costs no
/// transcendental function for |p - 1/2| <= 0.425. Not a number outside.
[[nodiscard]] double normal_quantile(double p);

}  // namespace sigmaflow
