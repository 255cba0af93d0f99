#pragma once
/// \file
/// Assignments of the command line (--set), applied to a study before it is judged.

#include <string>

#include "sections.hpp"
#include "sigmaflow/study/registries.hpp"

namespace sigmaflow {

/// Applies "ADDRESS=VALUE": room.label.key, room.key (every label whose kind has the key), study.key, observe.key or
/// sweep.key. VALUE is a TOML value; a bare word that is none is a string.
void apply_override(Sections& sections, const std::string& assignment, const StudyRegistries& registries);

}  // namespace sigmaflow
