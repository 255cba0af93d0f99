#include "sigmaflow/store/layout.hpp"

#include <algorithm>
#include <stdexcept>

#include "columns.hpp"

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
    return bytes;
}

}  // namespace sigmaflow
