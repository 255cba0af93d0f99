#include "sigmaflow/run/result_layout.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "points_table.hpp"
#include "sigmaflow/dynamics/statistics.hpp"
#include "sigmaflow/run/fingerprint.hpp"

namespace sigmaflow {
namespace {

template <class Number>
std::vector<std::byte> bytes_of(const std::vector<Number>& numbers) {
    const auto bytes = std::as_bytes(std::span(numbers));
    return {bytes.begin(), bytes.end()};
}

std::string bin_dimension(const Field& field) { return field.name + "_bin"; }

std::vector<std::string> with_component(std::vector<std::string> dimensions, const Field& field) {
    if (!field.component.empty()) dimensions.push_back(field.component);
    return dimensions;
}

std::vector<std::pair<std::string, double>> bin_numbers(const BinScale& bins) {
    return {{"origin", bins.origin},
            {"sign", bins.sign},
            {"lowest", bins.lowest},
            {"highest", bins.highest},
            {"two_sided", bins.two_sided ? 1.0 : 0.0},
            {"relative_accuracy", bins.relative_accuracy}};
}

Variable statistic(const Field& field, const std::string& suffix, const std::string& unit, const std::string& what) {
    return {.name = field.name + suffix,
            .element = Element::f64,
            .dimensions = with_component({"point", "block", "level"}, field),
            .rows = Rows::per_block,
            .unit = unit,
            .meaning = what + " of " + field.meaning};
}

void add_field(const Field& field, bool kept, std::vector<Variable>& out) {
    if (kept) {
        out.push_back({.name = field.name,
                       .element = Element::f64,
                       .dimensions = with_component({"point", "particle", "level"}, field),
                       .rows = Rows::per_particle,
                       .unit = field.unit,
                       .meaning = field.meaning});
    }
    const std::string squared = field.unit == "1" ? "1" : "(" + field.unit + ")^2";
    out.push_back(statistic(field, "_mean", field.unit, "mean over the valid particles of a block"));
    out.push_back(statistic(field, "_m2", squared, "sum of squared deviations from the block's mean"));
    out.push_back(statistic(field, "_min", field.unit, "least value"));
    out.push_back(statistic(field, "_max", field.unit, "greatest value"));
    Variable bins = statistic(field, "_bins", "count", "particles per bin");
    bins.element = Element::u16;
    bins.dimensions.push_back(bin_dimension(field));
    bins.numbers = bin_numbers(field.bins);
    out.push_back(std::move(bins));
}

Variable sigma_variable(const Plan& plan, const PlannedGroup& group) {
    std::vector<double> sigma;
    for (const auto point : group.points) {
        const auto& levels = plan.models[point].levels.sigma;
        sigma.insert(sigma.end(), levels.begin(), levels.end());
    }
    return {.name = "sigma",
            .element = Element::f64,
            .dimensions = {"point", "level"},
            .rows = Rows::fixed,
            .unit = "data",
            .meaning = "noise level at which a level was recorded; NaN: the grid has no sigma of its own for it",
            .content = bytes_of(sigma)};
}

Variable point_index_variable(const std::vector<std::int64_t>& index) {
    return {.name = "point_index",
            .element = Element::i64,
            .dimensions = {"point"},
            .rows = Rows::fixed,
            .meaning = "row of the table points",
            .content = bytes_of(index)};
}

Variable point_index_variable(const PlannedGroup& group) {
    return point_index_variable(std::vector<std::int64_t>(group.points.begin(), group.points.end()));
}

/// Analyses follow the points of solvers in the table.
Variable point_index_variable(const Plan& plan, const AnalysisGroup& group) {
    std::vector<std::int64_t> index;
    for (const auto i : group.analyses) index.push_back(static_cast<std::int64_t>(plan.points.size() + i));
    return point_index_variable(index);
}

std::vector<Variable> count_variables(bool kept) {
    std::vector<Variable> out;
    out.push_back({.name = "count",
                   .element = Element::u32,
                   .dimensions = {"point", "block", "level"},
                   .unit = "count",
                   .meaning = "valid particles, those in the statistics"});
    out.push_back({.name = "failures",
                   .element = Element::u32,
                   .dimensions = {"point", "block", "failure"},
                   .unit = "count",
                   .meaning = "failed particles by status: non_finite, step_limit"});
    if (kept) {
        out.push_back({.name = "particle_status",
                       .element = Element::u8,
                       .dimensions = {"point", "particle"},
                       .rows = Rows::per_particle,
                       .meaning = "what became of a kept particle",
                       .flag_meanings = particle_status_names()});
    }
    return out;
}

Group make_group(const Plan& plan, const PlannedGroup& planned) {
    Group group;
    group.name = planned.name;
    const bool kept = plan.kept > 0;
    group.dimensions = {{"point", planned.points.size()},
                        {"block", static_cast<std::uint64_t>(plan.blocks)},
                        {"level", static_cast<std::uint64_t>(planned.levels)},
                        {"failure", particle_status_names().size() - 1}};
    if (kept) group.dimensions.push_back({"particle", static_cast<std::uint64_t>(plan.kept)});
    group.variables = {sigma_variable(plan, planned), point_index_variable(planned)};
    for (auto& variable : count_variables(kept)) group.variables.push_back(std::move(variable));
    std::map<std::string, std::uint64_t> components;
    for (const auto& field : planned.fields) {
        if (!field.component.empty()) components[field.component] = static_cast<std::uint64_t>(field.components);
        components[bin_dimension(field)] = static_cast<std::uint64_t>(BinIndex(field.bins).size());
        add_field(field, kept, group.variables);
    }
    for (const auto& [name, size] : components) group.dimensions.push_back({name, size});
    return group;
}

/// One variable per field; the parts of an analysis lie on its second axis.
Group make_group(const Plan& plan, const AnalysisGroup& planned) {
    Group group;
    group.name = planned.name;
    group.analysis = planned.kind;
    group.part_axis = planned.part_axis;
    std::map<std::string, std::uint64_t> sizes{{planned.part_axis, static_cast<std::uint64_t>(planned.parts)}};
    group.variables = {point_index_variable(plan, planned)};
    for (const auto& field : planned.fields) {
        std::vector<std::string> dimensions{"point", planned.part_axis};
        for (const auto& axis : field.axes) {
            dimensions.push_back(axis.name);
            const auto size = static_cast<std::uint64_t>(axis.size);
            if (sizes.emplace(axis.name, size).first->second == size) continue;
            throw std::logic_error("analysis '" + planned.kind + "': the axis '" + axis.name + "' has two sizes");
        }
        group.variables.push_back({.name = field.name,
                                   .element = field.integer ? Element::i64 : Element::f64,
                                   .dimensions = std::move(dimensions),
                                   .rows = Rows::per_block,
                                   .unit = field.unit,
                                   .meaning = field.meaning,
                                   .flag_meanings = field.flag_meanings});
    }
    group.dimensions = {{"point", planned.analyses.size()}};
    for (const auto& [name, size] : sizes) group.dimensions.push_back({name, size});
    return group;
}

TaskPlace part_place(const Plan& plan, const PlannedTask& task, const PlannedAnalysis& analysis) {
    return {.point = static_cast<std::int64_t>(task.point),
            .group = static_cast<std::uint32_t>(plan.groups.size() + analysis.group),
            .row = analysis.row,
            .block = static_cast<std::uint64_t>(task.block),
            .predicted_seconds = predicted_seconds(task.work)};
}

std::vector<TaskPlace> task_places(const Plan& plan) {
    std::vector<TaskPlace> out;
    for (const auto& task : plan.tasks) {
        if (const auto* analysis = plan.analysis_of(task)) {
            out.push_back(part_place(plan, task, *analysis));
            continue;
        }
        const std::int64_t kept = std::clamp<std::int64_t>(plan.kept - task.first, 0, task.count);
        out.push_back({.point = static_cast<std::int64_t>(task.point),
                       .group = static_cast<std::uint32_t>(plan.group_of_point[task.point]),
                       .row = plan.row_of_point[task.point],
                       .block = static_cast<std::uint64_t>(task.block),
                       .first = task.first,
                       .count = task.count,
                       .kept_first = static_cast<std::uint64_t>(std::min<std::int64_t>(task.first, plan.kept)),
                       .kept_count = static_cast<std::uint64_t>(kept),
                       .predicted_seconds = predicted_seconds(task.work)});
    }
    return out;
}

std::vector<std::uint32_t> failure_counts(const BlockBuffer& block) {
    std::vector<std::uint32_t> out(particle_status_names().size() - 1, 0);
    for (int i = 0; i < block.particles(); ++i) {
        const auto status = static_cast<std::size_t>(block.status(i));
        if (status > 0) ++out[status - 1];
    }
    return out;
}

/// The first `count` particles of one field, [particle][level][component].
std::vector<double> kept_values(const BlockBuffer& block, std::size_t field, int count) {
    const int components = block.fields()[field].components;
    std::vector<double> out;
    out.reserve(static_cast<std::size_t>(count) * static_cast<std::size_t>(block.levels() * components));
    for (int particle = 0; particle < count; ++particle) {
        for (int level = 0; level < block.levels(); ++level) {
            for (int component = 0; component < components; ++component) {
                out.push_back(block.values(field, level, component)[static_cast<std::size_t>(particle)]);
            }
        }
    }
    return out;
}

}  // namespace

Layout make_layout(const Study& study, const Plan& plan) {
    Layout layout;
    for (const auto& group : plan.groups) layout.groups.push_back(make_group(plan, group));
    for (const auto& group : plan.analysis_groups) layout.groups.push_back(make_group(plan, group));
    layout.tables = {points_table(plan)};
    layout.tasks = task_places(plan);
    layout.study_text = study.text;
    layout.study_hash = study.hash();
    layout.fingerprint = numerics_fingerprint();
    layout.provenance = {{"program", "sigmaflow " + program_version()},
                         {"study_name", study.name},
                         {"study_path", study.path},
                         {"overrides", joined(study.overrides, "\n")}};
    return layout;
}

std::vector<std::vector<std::byte>> task_rows(const TaskPlace& place, const BlockBuffer& block,
                                              const PointModel& model) {
    const auto kept = static_cast<int>(place.kept_count);
    std::vector<std::vector<std::byte>> rows;
    rows.push_back(bytes_of(valid_counts(block, model.levels.sigma)));
    rows.push_back(bytes_of(failure_counts(block)));
    const bool keeps = place.kept_count > 0 || place.kept_first > 0;
    if (keeps) {
        std::vector<std::uint8_t> status;
        for (int i = 0; i < kept; ++i) status.push_back(static_cast<std::uint8_t>(block.status(i)));
        rows.push_back(bytes_of(status));
    }
    for (std::size_t field = 0; field < block.fields().size(); ++field) {
        if (keeps) rows.push_back(bytes_of(kept_values(block, field, kept)));
        const auto statistics = field_statistics(block, field, BinIndex(block.fields()[field].bins));
        for (const auto* column : {&statistics.mean, &statistics.m2, &statistics.min, &statistics.max}) {
            rows.push_back(bytes_of(*column));
        }
        rows.push_back(bytes_of(statistics.bins));
    }
    return rows;
}

std::vector<std::vector<std::byte>> part_rows(const PlannedAnalysis& analysis, const AnalysisRecord& record) {
    std::vector<std::vector<std::byte>> rows;
    for (std::size_t i = 0; i < analysis.fields.size(); ++i) {
        const auto bytes = record.bytes(i);
        rows.emplace_back(bytes.begin(), bytes.end());
    }
    return rows;
}

}  // namespace sigmaflow
