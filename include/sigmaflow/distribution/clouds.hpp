#pragma once
/// \file
/// The kinds `two_deltas`, `hypercube`, `simplex` and `ring`: symmetric arrangements of equal isotropic Gaussians
/// (points, at width 0).

#include "sigmaflow/distribution/registry.hpp"

namespace sigmaflow {

/// +-radius along the first axis.
[[nodiscard]] Kind two_deltas_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_two_deltas(const Parameters& parameters);

/// The 2^dim corners (+-radius, ..., +-radius).
[[nodiscard]] Kind hypercube_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_hypercube(const Parameters& parameters);

/// The dim + 1 vertices of a regular simplex around the origin.
[[nodiscard]] Kind simplex_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_simplex(const Parameters& parameters);

/// Evenly on a circle in the first two axes, the first on the positive first axis.
[[nodiscard]] Kind ring_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_ring(const Parameters& parameters);

}  // namespace sigmaflow
