#pragma once
/// \file
/// The kind `points`: weighted points given in the study or read from a file.

#include "sigmaflow/distribution/registry.hpp"

namespace sigmaflow {

[[nodiscard]] Kind points_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_points(const Parameters& parameters, const PointsCatalog& catalog);

}  // namespace sigmaflow
