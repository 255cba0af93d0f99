#pragma once
/// \file
/// The noise levels that an analysis goes through, given by the parameters sigma_min, sigma_max and levels.

#include <vector>

#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {

/// sigma_min, sigma_max and levels, with the ends of the schedule `edm` as defaults.
[[nodiscard]] std::vector<Parameter> level_parameters();

/// That many noise levels, log-spaced from sigma_max down to sigma_min, ends exact; one level is sigma_max. An
/// InputError if sigma_min is greater.
[[nodiscard]] std::vector<double> log_levels(const Parameters& parameters);

}  // namespace sigmaflow
