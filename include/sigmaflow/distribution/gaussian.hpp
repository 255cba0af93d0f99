#pragma once
/// \file
/// The kinds `gaussian` (one Gaussian) and `gaussian_mixture` (everything given).

#include "sigmaflow/distribution/registry.hpp"

namespace sigmaflow {

[[nodiscard]] Kind gaussian_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_gaussian(const Parameters& parameters);

[[nodiscard]] Kind gaussian_mixture_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_gaussian_mixture(const Parameters& parameters);

}  // namespace sigmaflow
