#pragma once
/// \file
/// The kinds `parallel_planes` and `crossing_planes`: two equal Gaussians, each flat in `codim` normal directions and
/// of standard deviation `scale` in all others.

#include "sigmaflow/distribution/registry.hpp"

namespace sigmaflow {

/// The normals of both planes are the first `codim` axes; the planes stand at +-offset along the diagonal of these
/// axes, 2 offset apart.
[[nodiscard]] Kind parallel_planes_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_parallel_planes(const Parameters& parameters);

/// The normals lie in the axis pairs (1,2), (3,4), ... at +-angle/2 from the first axis of the pair; both planes go
/// through the origin.
[[nodiscard]] Kind crossing_planes_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_crossing_planes(const Parameters& parameters);

}  // namespace sigmaflow
