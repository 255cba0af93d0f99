#pragma once
/// \file
/// [sweep]: axes that move together and points that are left out.

#include "sections.hpp"
#include "sigmaflow/study/registries.hpp"
#include "sigmaflow/study/study.hpp"

namespace sigmaflow {

/// Reads [sweep] into a study whose entries are there.
void read_sweep(const Sections& sections, const StudyRegistries& registries, Study& study);

}  // namespace sigmaflow
