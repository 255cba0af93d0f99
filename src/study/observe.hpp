#pragma once
/// \file
/// [observe]: recorded levels, quantities and particles.

#include "sections.hpp"
#include "sigmaflow/study/registries.hpp"
#include "sigmaflow/study/study.hpp"

namespace sigmaflow {

/// Reads [observe] into a study whose particles are known.
void read_observe(const Section& section, const StudyRegistries& registries, Study& study);

}  // namespace sigmaflow
