#pragma once
/// \file
/// The points of a study: one for every combination of its sweep.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sigmaflow/distribution/registry.hpp"
#include "sigmaflow/study/study.hpp"

namespace sigmaflow {

/// A kind with all its parameters fixed.
struct Choice {
    std::string label;
    std::string kind;
    Parameters parameters;
    std::uint64_t id = 0;  ///< hash of the kind and of the parameters that differ from their defaults
};

struct Point {
    std::uint64_t id = 0;  ///< hash of the three ids: stable when the study grows
    Choice distribution;
    Choice schedule;
    Choice solver;
    std::vector<std::pair<std::string, Value>> axes;  ///< address room.label.key and value of every axis it lies on
};

/// One analysis of one distribution.
struct AnalysisPoint {
    std::uint64_t id = 0;  ///< hash of the two ids
    Choice distribution;
    Choice analysis;
    std::vector<std::pair<std::string, Value>> axes;  ///< address room.label.key and value of every axis it lies on
};

/// The tables that the study's distributions read, each once, for every value of their axes.
[[nodiscard]] std::vector<PointsSource> points_sources(const Study& study,
                                                       const StudyRegistries& registries = study_registries());

/// Size of a study, known without expanding it. Excluded points are counted; a room without objects counts as one,
/// unless there are analyses and neither schedules nor solvers.
struct StudySize {
    std::int64_t points = 0;    ///< of solvers
    std::int64_t analyses = 0;  ///< points of analyses
    std::int64_t tasks = 0;     ///< blocks of particles
};

/// Counts points and tasks; more than kMostPoints or kMostTasks are an InputError with the numbers.
[[nodiscard]] StudySize study_size(const Study& study);

/// All points in the order of the file: distribution slowest, solver fastest, axes in file order; axes that are zipped
/// move where the first of them stands. Empty if the study has analyses and neither schedules nor solvers. A study
/// without a distribution, schedule or solver, or whose points are all excluded, is an InputError; so are points that
/// are equal (same id), naming both. A distribution read from a file is identified by the contents of its table
/// (`catalog`), not by its path.
[[nodiscard]] std::vector<Point> expand(const Study& study, const PointsCatalog& catalog,
                                        const StudyRegistries& registries = study_registries());

/// All analyses of all distributions in the order of the file, distributions slowest. Distributions that are equal (two
/// labels, one id) are analysed once, under the first label. An analysis that is there twice is an InputError.
[[nodiscard]] std::vector<AnalysisPoint> expand_analyses(const Study& study, const PointsCatalog& catalog,
                                                         const StudyRegistries& registries = study_registries());

}  // namespace sigmaflow
