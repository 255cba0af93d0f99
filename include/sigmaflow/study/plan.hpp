#pragma once
/// \file
/// The plan of a study: every point built, grouped by shape, cut into tasks, each with its predicted cost.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sigmaflow/dynamics/analysis.hpp"
#include "sigmaflow/dynamics/point_model.hpp"
#include "sigmaflow/study/points.hpp"

namespace sigmaflow {

/// Points of equal shape share the variables of the result file.
struct PlannedGroup {
    std::string name;
    int dim = 0;
    int levels = 0;
    std::vector<Field> fields;
    std::vector<std::size_t> points;  ///< indices into Plan::points, in their order
};

/// One analysis of one distribution, ready to run.
struct PlannedAnalysis {
    AnalysisPoint point;
    std::shared_ptr<const Distribution> distribution;
    std::shared_ptr<const Analysis> analysis;
    StreamKey key;
    std::vector<RecordField> fields;
    int parts = 1;
    std::size_t group = 0;  ///< index into Plan::analysis_groups
    std::size_t row = 0;    ///< place in its group

    [[nodiscard]] AnalysisSubject subject() const { return {*distribution, key}; }
};

/// Analyses of one kind whose records have equal shape share the variables of the result file.
struct AnalysisGroup {
    std::string name;
    std::string kind;
    std::string part_axis;
    int parts = 1;
    std::vector<RecordField> fields;
    std::vector<std::size_t> analyses;  ///< indices into Plan::analyses, in their order
};

/// The unit of work: a run of particles of one point, or one part of an analysis.
struct PlannedTask {
    std::size_t point = 0;   ///< row of the table of points: those of solvers first, then analyses
    int block = 0;           ///< block of particles, or part of the analysis
    std::int64_t first = 0;  ///< particle
    int count = 0;           ///< particles; 0 in an analysis
    Work work;
};

struct Plan {
    std::vector<Point> points;
    std::vector<PointModel> models;  ///< of every point
    std::vector<PlannedGroup> groups;
    std::vector<std::size_t> group_of_point;
    std::vector<std::size_t> row_of_point;  ///< place in its group
    std::vector<PlannedAnalysis> analyses;
    std::vector<AnalysisGroup> analysis_groups;
    std::vector<PlannedTask> tasks;  ///< by point and block: the order of the result file
    std::vector<std::size_t> order;  ///< indices of tasks, largest predicted cost first
    std::int64_t particles = 0;
    int block = 0;
    int blocks = 0;  ///< per point
    int kept = 0;    ///< particles of every point that are recorded one by one

    /// The analysis that a task is a part of, or nullptr for a block of particles.
    [[nodiscard]] const PlannedAnalysis* analysis_of(const PlannedTask& task) const {
        return task.point < points.size() ? nullptr : &analyses[task.point - points.size()];
    }
};

/// Builds every object of the study. An InputError names what cannot be built or does not fit together.
[[nodiscard]] Plan make_plan(const Study& study, const PointsCatalog& catalog);

/// What the points of one schedule and one distribution share.
struct ScheduledGrid {
    std::shared_ptr<const Schedule> schedule;
    Course course;
    std::vector<double> grid;
};
/// Builds schedule and grid; some grids follow the law and cost evaluations of its posterior. A schedule that was built
/// already can be given.
[[nodiscard]] ScheduledGrid build_grid(const Choice& choice, const Distribution& law,
                                       std::shared_ptr<const Schedule> schedule = nullptr);
/// Builds one point of a study: solver, levels, observables; its distribution and grid were built before.
[[nodiscard]] PointModel build_model(const Study& study, const Point& point,
                                     std::shared_ptr<const Distribution> distribution, const ScheduledGrid& scheduled);
/// Builds a distribution from its choice.
[[nodiscard]] std::shared_ptr<const Distribution> build_distribution(const Choice& choice,
                                                                     const PointsCatalog& catalog);

/// Seconds that `work` is expected to take on one core of a machine with nominal rates: for forecasts and order only.
[[nodiscard]] double predicted_seconds(const Work& work);

}  // namespace sigmaflow
