#include "check_layout.hpp"

#include <fmt/format.h>

#include <set>
#include <stdexcept>
#include <tuple>

#include "columns.hpp"
#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

/// With more, creating and opening the file takes minutes.
constexpr std::size_t kMostDatasets = 5000;

[[noreturn]] void fault(const std::string& text) { throw std::logic_error("layout of the result file: " + text); }

class Names {
  public:
    explicit Names(std::string place) : place_(std::move(place)) {}

    void add(const std::string& name) {
        if (name.empty() || name == "." || name.find('/') != std::string::npos)
            fault("bad name '" + name + "' in " + place_);
        if (!names_.insert(name).second) fault("'" + name + "' twice in " + place_);
    }

  private:
    std::string place_;
    std::set<std::string> names_;
};

void check_variable(const Group& group, const Variable& variable) {
    const auto place = "'" + group.name + "/" + variable.name + "'";
    const auto& dims = variable.dimensions;
    if (dims.empty()) fault(place + " has no dimension");
    std::uint64_t bytes = size_of(variable.element);
    for (const auto& dimension : dims) bytes *= group.size_of_dimension(dimension);
    if (variable.rows == Rows::fixed) {
        if (variable.content.size() != bytes) {
            fault(fmt::format("{} has {} bytes instead of {}", place, variable.content.size(), bytes));
        }
        return;
    }
    const std::string second = variable.rows == Rows::per_block ? group.part_axis : "particle";
    if (dims.size() < 2 || dims[0] != "point" || dims[1] != second) {
        fault(place + " must have dimensions point, " + second + ", ...");
    }
}

void check_group(const Group& group) {
    Names names("group '" + group.name + "'");
    std::set<std::string> dimensions;
    for (const auto& dimension : group.dimensions) {
        names.add(dimension.name);
        dimensions.insert(dimension.name);
    }
    for (const auto& variable : group.variables) {
        // A variable may carry a dimension's name only as its coordinate.
        const bool coordinate = variable.dimensions == std::vector{variable.name} && dimensions.contains(variable.name);
        if (!coordinate || variable.rows != Rows::fixed) names.add(variable.name);
        check_variable(group, variable);
    }
}

std::size_t length(const Column& column) {
    return std::visit([](const auto& values) { return values.size(); }, column.values);
}

void check_table(const Table& table) {
    Names names("table '" + table.name + "'");
    names.add(table.dimension);
    for (const auto& column : table.columns) {
        names.add(column.name);
        if (length(column) != length(table.columns.front())) {
            fault("columns of table '" + table.name + "' differ in length");
        }
    }
}

void check_tasks(const Layout& layout) {
    std::set<std::tuple<std::uint32_t, std::uint64_t, std::uint64_t>> taken;
    for (std::size_t i = 0; i < layout.tasks.size(); ++i) {
        const auto& task = layout.tasks[i];
        if (task.group >= layout.groups.size()) fault(fmt::format("task {} has no group", i));
        const auto& group = layout.groups[task.group];
        bool inside =
            task.row < group.size_of_dimension("point") && task.block < group.size_of_dimension(group.part_axis);
        for (const auto* variable : group.task_variables()) {
            if (variable->rows != Rows::per_particle) continue;
            const auto kept = group.size_of_dimension("particle");
            inside = inside && task.kept_first <= kept && task.kept_count <= kept - task.kept_first;
        }
        if (!inside) fault(fmt::format("task {} lies outside its group", i));
        if (!taken.emplace(task.group, task.row, task.block).second) fault(fmt::format("task {} has a twin", i));
    }
}

std::size_t count_datasets(const Layout& layout) {
    std::size_t count = task_columns(1).size() + session_columns().size() + 20;
    for (const auto& group : layout.groups) count += group.dimensions.size() + group.variables.size();
    for (const auto& table : layout.tables) count += 1 + table.columns.size();
    return count;
}

std::string group_difference(const Group& a, const Group& b) {
    if (a.name != b.name || a.analysis != b.analysis || a.part_axis != b.part_axis)
        return fmt::format("group '{}' against '{}'", a.name, b.name);
    const auto variables_a = a.task_variables();
    const auto variables_b = b.task_variables();
    bool same = variables_a.size() == variables_b.size();
    for (std::size_t i = 0; same && i < variables_a.size(); ++i) {
        const auto& x = *variables_a[i];
        const auto& y = *variables_b[i];
        same = x.name == y.name && x.element == y.element && x.rows == y.rows && x.dimensions == y.dimensions;
        for (std::size_t j = 0; same && j < x.dimensions.size(); ++j) {
            same = a.size_of_dimension(x.dimensions[j]) == b.size_of_dimension(x.dimensions[j]);
        }
        if (!same) return fmt::format("variable '{}' of group '{}' has another shape", x.name, a.name);
    }
    return same ? "" : fmt::format("group '{}' has other variables", a.name);
}

auto as_tuple(const TaskPlace& task) {
    return std::tie(task.point, task.group, task.row, task.block, task.first, task.count, task.kept_first,
                    task.kept_count);
}

}  // namespace

std::string layout_difference(const Layout& a, const Layout& b) {
    if (a.groups.size() != b.groups.size()) {
        return fmt::format("{} groups against {}", a.groups.size(), b.groups.size());
    }
    for (std::size_t i = 0; i < a.groups.size(); ++i) {
        if (auto difference = group_difference(a.groups[i], b.groups[i]); !difference.empty()) return difference;
    }
    if (a.tasks.size() != b.tasks.size()) return fmt::format("{} tasks against {}", a.tasks.size(), b.tasks.size());
    for (std::size_t i = 0; i < a.tasks.size(); ++i) {
        if (as_tuple(a.tasks[i]) != as_tuple(b.tasks[i])) return fmt::format("task {} is another", i);
    }
    return {};
}

void check_layout(const Layout& layout) {
    Names root("the file");
    for (const char* name :
         {"tasks", "sessions", "results", "study", "study_byte", "mutable_ranges", "mutable_range", "offset_and_size"})
        root.add(name);
    for (const auto& table : layout.tables) {
        root.add(table.name);
        check_table(table);
    }
    Names results("/results");
    for (const auto& group : layout.groups) {
        results.add(group.name);
        check_group(group);
    }
    check_tasks(layout);
    if (const auto count = count_datasets(layout); count > kMostDatasets) {
        throw InputError(fmt::format("the study needs {} datasets, at most {} are possible", count, kMostDatasets),
                         fmt::format("its points have {} different shapes", layout.groups.size()),
                         "sweep fewer dimensions or numbers of levels in one study");
    }
}

}  // namespace sigmaflow
