#include "points_table.hpp"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

namespace sigmaflow {
namespace {

/// What a row tells; a point of a solver has no analysis, an analysis neither schedule nor solver.
struct TableRow {
    std::uint64_t id = 0;
    std::size_t group = 0;
    std::size_t row = 0;
    int dim = 0;
    const Choice* distribution = nullptr;
    const Choice* schedule = nullptr;
    const Choice* solver = nullptr;
    const Choice* analysis = nullptr;
    const std::vector<std::pair<std::string, Value>>* axes = nullptr;
};

std::vector<TableRow> table_rows(const Plan& plan) {
    std::vector<TableRow> out;
    for (std::size_t i = 0; i < plan.points.size(); ++i) {
        const Point& point = plan.points[i];
        out.push_back({.id = point.id,
                       .group = plan.group_of_point[i],
                       .row = plan.row_of_point[i],
                       .dim = plan.models[i].dim(),
                       .distribution = &point.distribution,
                       .schedule = &point.schedule,
                       .solver = &point.solver,
                       .axes = &point.axes});
    }
    for (const auto& planned : plan.analyses) {
        out.push_back({.id = planned.point.id,
                       .group = plan.groups.size() + planned.group,
                       .row = planned.row,
                       .dim = planned.distribution->dim(),
                       .distribution = &planned.point.distribution,
                       .analysis = &planned.point.analysis,
                       .axes = &planned.point.axes});
    }
    return out;
}

std::string parameters_json(const TableRow& row) {
    nlohmann::ordered_json out;
    const auto add = [&](const std::string& room, const Choice* choice) {
        if (choice == nullptr) return;
        nlohmann::ordered_json values = nlohmann::ordered_json::object();
        for (const auto& [name, value] : choice->parameters.values()) values[name] = value.canonical();
        out[room] = {{"label", choice->label}, {"kind", choice->kind}, {"parameters", values}};
    };
    add("distribution", row.distribution);
    add("schedule", row.schedule);
    add("solver", row.solver);
    add("analysis", row.analysis);
    return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// One column for every axis of the sweep: numbers where all values are numbers, else texts; NaN or empty for points
/// that do not lie on it.
std::vector<Column> axis_columns(const std::vector<TableRow>& rows) {
    std::vector<std::string> addresses;
    std::map<std::string, bool> numeric;
    for (const auto& row : rows) {
        for (const auto& [address, value] : *row.axes) {
            if (numeric.try_emplace(address, true).second) addresses.push_back(address);
            numeric[address] = numeric[address] && value.is_number();
        }
    }
    std::vector<Column> out;
    for (const auto& address : addresses) {
        std::vector<double> numbers;
        std::vector<std::string> texts;
        for (const auto& row : rows) {
            const Value* found = nullptr;
            for (const auto& [name, value] : *row.axes) {
                if (name == address) found = &value;
            }
            numbers.push_back(found != nullptr && numeric[address] ? found->number() : std::nan(""));
            texts.push_back(found == nullptr ? "" : found->is_text() ? found->text() : found->canonical());
        }
        Column column{.name = address,
                      .meaning = "value on the sweep axis " + address,
                      .unit = {},
                      .values = {},
                      .flag_meanings = {}};
        if (numeric[address])
            column.values = std::move(numbers);
        else
            column.values = std::move(texts);
        out.push_back(std::move(column));
    }
    return out;
}

/// A column of what `of` says about every row.
template <class Number, class Of>
Column column(const std::vector<TableRow>& rows, const char* name, const char* meaning, Of of) {
    std::vector<Number> values;
    for (const auto& row : rows) values.push_back(static_cast<Number>(of(row)));
    return {.name = name, .meaning = meaning, .unit = {}, .values = std::move(values), .flag_meanings = {}};
}

/// Labels or kinds of one room; empty for rows that have none of it.
Column texts(const std::vector<TableRow>& rows, const char* name, const char* meaning, const Choice* TableRow::*room,
             std::string Choice::*text) {
    return column<std::string>(rows, name, meaning, [&](const TableRow& row) {
        return row.*room == nullptr ? std::string() : (row.*room)->*text;
    });
}

}  // namespace

Table points_table(const Plan& plan) {
    const auto rows = table_rows(plan);
    Table table{.name = "points", .dimension = "point", .columns = {}};
    table.columns = {
        column<std::uint64_t>(rows, "id", "identity of the point: hash of its kinds and parameters",
                              [](const TableRow& row) { return row.id; }),
        column<std::uint64_t>(rows, "distribution_id", "identity of its distribution, the key of its random streams",
                              [](const TableRow& row) { return row.distribution->id; }),
        column<std::int64_t>(rows, "group", "number of its group under /results",
                             [](const TableRow& row) { return row.group; }),
        column<std::int64_t>(rows, "row", "place on the group's axis point",
                             [](const TableRow& row) { return row.row; }),
        column<std::int64_t>(rows, "dim", "dimension of the data", [](const TableRow& row) { return row.dim; }),
        texts(rows, "distribution", "label of the distribution", &TableRow::distribution, &Choice::label),
        texts(rows, "schedule", "label of the schedule", &TableRow::schedule, &Choice::label),
        texts(rows, "solver", "label of the solver", &TableRow::solver, &Choice::label),
        texts(rows, "distribution_kind", "kind of the distribution", &TableRow::distribution, &Choice::kind),
        texts(rows, "schedule_kind", "kind of the schedule", &TableRow::schedule, &Choice::kind),
        texts(rows, "solver_kind", "kind of the solver", &TableRow::solver, &Choice::kind)};
    if (!plan.analyses.empty()) {
        table.columns.push_back(texts(rows, "analysis", "label of the analysis; empty for the points of solvers",
                                      &TableRow::analysis, &Choice::label));
        table.columns.push_back(
            texts(rows, "analysis_kind", "kind of the analysis", &TableRow::analysis, &Choice::kind));
    }
    table.columns.push_back(column<std::string>(rows, "parameters", "all parameters as JSON", parameters_json));
    for (auto& axis : axis_columns(rows)) table.columns.push_back(std::move(axis));
    return table;
}

}  // namespace sigmaflow
