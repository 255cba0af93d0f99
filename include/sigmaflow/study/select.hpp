#pragma once
/// \file
/// One object of a study by its label, for the commands that look at a single one (eval, trace, modes, branches).

#include <string>

#include "sigmaflow/study/points.hpp"
#include "sigmaflow/study/registries.hpp"

namespace sigmaflow {

/// The object `label` of a room ("distribution", "schedule", "solver"); an empty label means the only one there is. An
/// InputError lists the known labels, or the axes of a swept label, each of which needs a --set. The id of a
/// distribution whose table of points is not in `catalog` is 0: its parameters tell which table to read.
[[nodiscard]] Choice select_one(const Study& study, const std::string& room, const std::string& label,
                                const PointsCatalog& catalog = {},
                                const StudyRegistries& registries = study_registries());

}  // namespace sigmaflow
