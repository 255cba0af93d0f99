#include "sigmaflow/store/layout.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "columns.hpp"
#include "read_metadata.hpp"

namespace sigmaflow {
namespace {

std::uint64_t elements(const Group& group, const Variable& variable, std::size_t first_dimension) {
    std::uint64_t product = 1;
    for (std::size_t i = first_dimension; i < variable.dimensions.size(); ++i) {
        product *= group.size_of_dimension(variable.dimensions[i]);
    }
    return product;
}

std::uint64_t bytes_of(const Column& column) {
    return std::visit(
        [](const auto& values) -> std::uint64_t {
            using Values = std::decay_t<decltype(values)>;
            if constexpr (std::is_same_v<Values, std::vector<std::string>>) {
                std::uint64_t bytes = 0;
                for (const auto& text : values) bytes += text.size() + 16;  // a reference into the heap each
                return bytes;
            } else {
                return values.size() * sizeof(typename Values::value_type);
            }
        },
        column.values);
}

}  // namespace

std::size_t size_of(Element element) {
    switch (element) {
        case Element::f64:
        case Element::i64:
        case Element::u64: return 8;
        case Element::f32:
        case Element::u32: return 4;
        case Element::u16: return 2;
        case Element::u8: return 1;
    }
    throw std::logic_error("unknown element type");
}

std::uint64_t Group::size_of_dimension(const std::string& dimension) const {
    for (const auto& candidate : dimensions) {
        if (candidate.name == dimension) return candidate.size;
    }
    throw std::logic_error("group '" + name + "' has no dimension '" + dimension + "'");
}

std::uint64_t Group::row_elements(const Variable& variable) const { return elements(*this, variable, 2); }

std::vector<const Variable*> Group::task_variables() const {
    std::vector<const Variable*> found;
    for (const auto& variable : variables) {
        if (variable.rows != Rows::fixed) found.push_back(&variable);
    }
    return found;
}

std::uint64_t Layout::max_task_variables() const {
    std::uint64_t most = 0;
    for (const auto& group : groups) most = std::max<std::uint64_t>(most, group.task_variables().size());
    return most;
}

std::vector<bool> Layout::tasks_of_part() const {
    std::vector<std::size_t> order(tasks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::ranges::greater(),
                             [&](std::size_t task) { return tasks[task].predicted_seconds; });
    std::vector<bool> out(tasks.size());
    for (std::size_t position = 0; position < order.size(); ++position) out[order[position]] = part.holds(position);
    return out;
}

std::uint64_t Layout::row_bytes(const TaskPlace& task) const {
    std::uint64_t bytes = 0;
    const auto& group = groups[task.group];
    for (const auto* variable : group.task_variables()) bytes += row_in_variable(group, *variable, task).size;
    return bytes;
}

std::uint64_t Layout::data_bytes() const {
    std::uint64_t bytes = study_text.size();
    for (const auto& group : groups) {
        for (const auto& variable : group.variables) bytes += elements(group, variable, 0) * size_of(variable.element);
    }
    for (const auto& table : tables) {
        for (const auto& column : table.columns) bytes += bytes_of(column);
    }
    for (const auto& column : place_table(*this).columns) bytes += bytes_of(column);
    for (const auto& column : task_columns(max_task_variables())) bytes += tasks.size() * column.row_bytes();
    for (const auto& column : session_columns()) bytes += max_sessions * column.row_bytes();
    if (part.is_whole()) return bytes;
    const auto mine = tasks_of_part();
    for (std::size_t task = 0; task < tasks.size(); ++task) {
        if (!mine[task]) bytes -= row_bytes(tasks[task]);
    }
    return bytes;
}

}  // namespace sigmaflow
