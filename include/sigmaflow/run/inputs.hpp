#pragma once
/// \file
/// A study with everything it reads: the file itself and the tables of points it names.

#include <map>
#include <string>
#include <vector>

#include "sigmaflow/store/points_file.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

/// Owns the tables; the catalog's views stay valid as long as it lives.
struct StudyInputs {
    Study study;
    std::map<std::string, PointsTable> tables;  ///< by PointsSource::key()
    PointsCatalog catalog;
};

/// Reads study and tables. InputError for whatever is wrong with them.
[[nodiscard]] StudyInputs read_inputs(const std::string& path, const std::vector<std::string>& overrides);

/// The overrides of `--preview`: 1 % of the particles, at least one tile; likewise of the `samples` of analyses that do
/// not sweep them.
[[nodiscard]] std::vector<std::string> preview_overrides(const Study& study);

}  // namespace sigmaflow
