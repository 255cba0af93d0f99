#include <fmt/format.h>

#include "combinations.hpp"
#include "sigmaflow/study/points.hpp"

namespace sigmaflow {
namespace {

/// The entries of a room; one without axes where there is none, as in a study for `eval`.
std::vector<Entry> entries_or_one(const std::vector<Entry>& entries) {
    return entries.empty() ? std::vector<Entry>(1) : entries;
}

double product_of(const std::vector<SweepDimension>& dimensions) {
    double product = 1.0;
    for (const auto& dimension : dimensions) product *= static_cast<double>(dimension.length);
    return product;
}

/// Points before exclusion, as a double: exact where it is allowed, and never overflowing where it is not.
double count_points(const Study& study) {
    if (!study.analyses.empty() && study.schedules.empty() && study.solvers.empty()) return 0.0;
    const auto distributions = entries_or_one(study.distributions);
    const auto schedules = entries_or_one(study.schedules);
    const auto solvers = entries_or_one(study.solvers);
    // Every trio is a point at least: with too many of them there is no need to look at each.
    const double trios = static_cast<double>(distributions.size()) * static_cast<double>(schedules.size()) *
                         static_cast<double>(solvers.size());
    if (trios > static_cast<double>(kMostPoints)) return trios;
    const Combinations combinations(study);
    double points = 0.0;
    for (const auto& distribution : distributions) {
        for (const auto& schedule : schedules) {
            for (const auto& solver : solvers) {
                points += product_of(combinations.dimensions({&distribution, &schedule, &solver}));
            }
        }
    }
    return points;
}

/// Points of analyses before exclusion, likewise.
double count_analyses(const Study& study) {
    const double pairs = static_cast<double>(study.distributions.size()) * static_cast<double>(study.analyses.size());
    if (pairs > static_cast<double>(kMostPoints)) return pairs;
    const Combinations combinations(study);
    double points = 0.0;
    for (const auto& distribution : study.distributions) {
        for (const auto& analysis : study.analyses) {
            if (analysis.looks_at(distribution))
                points += product_of(combinations.dimensions({&distribution, &analysis}));
        }
    }
    return points;
}

}  // namespace

StudySize study_size(const Study& study) {
    const double points = count_points(study);
    const double analyses = count_analyses(study);
    const Location where{study.path, 0, 0};
    if (points + analyses > static_cast<double>(kMostPoints)) {
        throw InputError(where, fmt::format("the sweep has {:.15g} points or more", points + analyses),
                         fmt::format("at most {}", kMostPoints), "use fewer values, or zip axes");
    }
    StudySize size;
    size.points = static_cast<std::int64_t>(points);
    size.analyses = static_cast<std::int64_t>(analyses);
    size.tasks = size.points * ((study.particles + study.block - 1) / study.block);
    if (size.tasks > kMostTasks) {
        throw InputError(where, fmt::format("the study has {} tasks", size.tasks),
                         fmt::format("at most {}: {} points of {} particles in blocks of {}", kMostTasks, size.points,
                                     study.particles, study.block),
                         "raise study.block, or use fewer particles");
    }
    return size;
}

}  // namespace sigmaflow
