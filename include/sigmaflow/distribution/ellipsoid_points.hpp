#pragma once
/// \file
/// The kind `ellipsoid_points`: equally weighted points x = A u of an ellipsoid shell, u on the unit sphere S^{k-1},
/// placed at random or evenly, each displaced by a Gaussian if there is jitter.

#include "sigmaflow/distribution/registry.hpp"

namespace sigmaflow {

[[nodiscard]] Kind ellipsoid_points_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_ellipsoid_points(const Parameters& parameters);

}  // namespace sigmaflow
