#pragma once
// Boost.odeint's controlled Dormand-Prince method as a peer.

#include "dynamics/line_mixture.hpp"

namespace sigmaflow::testing_support {

/// Where odeint takes x along the probability flow in ln sigma, with equal absolute and relative tolerance.
[[nodiscard]] double odeint_dopri5(const LineMixture& law, double x, double sigma, double to, double tolerance);

}  // namespace sigmaflow::testing_support
