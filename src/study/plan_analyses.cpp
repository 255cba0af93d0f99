#include "plan_analyses.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <set>
#include <stdexcept>

#include "sigmaflow/stability/registry.hpp"

namespace sigmaflow {
namespace {

/// What the result file demands of an analysis; a fault of its code, not of the study.
void check_record(const std::string& kind, const PlannedAnalysis& planned) {
    const auto fault = [&](const std::string& text) { throw std::logic_error("analysis '" + kind + "': " + text); };
    if (planned.parts < 1) fault("it has no parts");
    if (planned.fields.empty()) fault("it records nothing");
    std::set<std::string> axes{"point", planned.analysis->part_axis()};
    std::set<std::string> names{"point_index", "done"};
    for (const auto& field : planned.fields) {
        if (!names.insert(field.name).second) fault("the name '" + field.name + "' is taken");
        for (const auto& axis : field.axes) {
            if (axis.size < 1) fault("the axis '" + axis.name + "' is empty");
            axes.insert(axis.name);
        }
    }
    for (const auto& field : planned.fields) {
        if (axes.contains(field.name)) fault("'" + field.name + "' is an axis and a field");
    }
}

std::string shape_of(const PlannedAnalysis& planned) {
    std::string out = fmt::format("{}:{}:{}:{} ", planned.point.analysis.kind, planned.distribution->dim(),
                                  planned.analysis->part_axis(), planned.parts);
    for (const auto& field : planned.fields) {
        out += fmt::format("{}:{}", field.name, field.integer);
        for (const auto& axis : field.axes) out += fmt::format(":{}={}", axis.name, axis.size);
        for (const auto& name : field.flag_meanings) out += ":" + name;
        out += " ";
    }
    return out;
}

/// The kind and the dimension, and a number from 2 on where other shapes have that name.
std::string free_name(const std::vector<AnalysisGroup>& groups, const std::string& wanted) {
    std::string name = wanted;
    const auto is_taken = [&](const AnalysisGroup& group) { return group.name == name; };
    for (int i = 2; std::any_of(groups.begin(), groups.end(), is_taken); ++i) name = fmt::format("{}_{}", wanted, i);
    return name;
}

PlannedAnalysis build(const Study& study, const AnalysisPoint& point, BuiltLaws& laws) {
    PlannedAnalysis planned{.point = point,
                            .distribution = laws.at(point.distribution),
                            .analysis = nullptr,
                            .key = {study.seed, point.distribution.id},
                            .fields = {}};
    const Location& where = point.analysis.parameters.where();
    planned.analysis = analyses().at(point.analysis.kind, where).make(point.analysis.parameters);
    const std::string mismatch = planned.analysis->mismatch(*planned.distribution);
    if (!mismatch.empty()) {
        throw InputError(where,
                         fmt::format("analysis '{}' cannot be done for distribution '{}'", point.analysis.label,
                                     point.distribution.label),
                         mismatch, "restrict it with distributions = [...]");
    }
    planned.fields = planned.analysis->fields(*planned.distribution);
    planned.parts = planned.analysis->parts(*planned.distribution);
    check_record(point.analysis.kind, planned);
    return planned;
}

void put_into_group(std::map<std::string, std::size_t>& known, PlannedAnalysis& planned, Plan& plan) {
    auto& groups = plan.analysis_groups;
    const auto [entry, is_new] = known.try_emplace(shape_of(planned), groups.size());
    if (is_new) {
        const std::string& kind = planned.point.analysis.kind;
        groups.push_back({.name = free_name(groups, fmt::format("{}_dim{}", kind, planned.distribution->dim())),
                          .kind = kind,
                          .part_axis = planned.analysis->part_axis(),
                          .parts = planned.parts,
                          .fields = planned.fields,
                          .analyses = {}});
    }
    planned.group = entry->second;
    planned.row = groups[entry->second].analyses.size();
    groups[entry->second].analyses.push_back(plan.analyses.size());
}

void check_size(const Study& study, std::size_t tasks) {
    if (tasks <= static_cast<std::size_t>(kMostTasks)) return;
    throw InputError(Location{study.path, 0, 0}, fmt::format("the study has {} tasks or more", tasks),
                     fmt::format("at most {}", kMostTasks), "use fewer parts of analyses");
}

}  // namespace

void plan_analyses(const Study& study, const PointsCatalog& catalog, BuiltLaws& laws, Plan& plan) {
    std::map<std::string, std::size_t> known;
    for (const auto& point : expand_analyses(study, catalog)) {
        PlannedAnalysis planned = build(study, point, laws);
        check_size(study, plan.tasks.size() + static_cast<std::size_t>(planned.parts));
        put_into_group(known, planned, plan);
        const std::size_t row = plan.points.size() + plan.analyses.size();
        for (int part = 0; part < planned.parts; ++part) {
            plan.tasks.push_back({row, part, 0, 0, planned.analysis->cost(*planned.distribution, part)});
        }
        plan.analyses.push_back(std::move(planned));
    }
}

}  // namespace sigmaflow
