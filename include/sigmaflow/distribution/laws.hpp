#pragma once
/// \file
/// Several laws that make one, and what their posteriors can do together.

#include <memory>
#include <vector>

#include "sigmaflow/distribution/distribution.hpp"

namespace sigmaflow {

using Laws = std::vector<std::shared_ptr<const Distribution>>;
/// At least one, owned by their laws.
using Posteriors = std::vector<const Denoiser*>;

[[nodiscard]] Posteriors posteriors_of(const Laws& laws);
/// What all of them are capable of, class labels apart.
[[nodiscard]] Capabilities capabilities_of(const Posteriors& posteriors);
/// The highest order that all of them know.
[[nodiscard]] int cumulant_order_of(const Posteriors& posteriors);
[[nodiscard]] bool have_mean_derivatives(const Posteriors& posteriors);
[[nodiscard]] bool have_contracted_moments(const Posteriors& posteriors);

}  // namespace sigmaflow
