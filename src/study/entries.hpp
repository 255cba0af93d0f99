#pragma once
/// \file
/// The objects of a study: parameters checked, axes found.

#include <filesystem>
#include <string>
#include <vector>

#include "sections.hpp"
#include "sigmaflow/study/registries.hpp"
#include "sigmaflow/study/study.hpp"

namespace sigmaflow {

/// Reads the entries of all rooms into `study`. Paths are resolved against `study.folder`.
void read_entries(const Sections& sections, const StudyRegistries& registries, Study& study);

}  // namespace sigmaflow
