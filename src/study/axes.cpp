#include "axes.hpp"

#include <algorithm>
#include <unordered_set>

#include "ranges.hpp"

namespace sigmaflow {
namespace {

bool is_range(const Parameter& parameter, const Value& value) {
    return value.is_table() && (parameter.type == Type::integer || parameter.type == Type::real);
}

Value checked_on_axis(const Parameter& parameter, const Value& value) {
    // An integer parameter has no use for lin and log ranges unless their values happen to be integers.
    if (parameter.type == Type::integer && value.is_real()) {
        throw InputError(value.where(), "'" + parameter.name + "' takes integers, and a lin or log range has none",
                         "found " + value.shown(), "write { int = [first, last, count] } or a list");
    }
    return checked(parameter, value);
}

}  // namespace

int list_depth(const Value& value) {
    if (!value.is_list()) return 0;
    int deepest = 0;
    for (const auto& item : value.list()) deepest = std::max(deepest, list_depth(item));
    return deepest + 1;
}

bool is_axis(const Parameter& parameter, const Value& value) {
    return is_range(parameter, value) || list_depth(value) == nesting(parameter.type) + 1;
}

std::int64_t axis_length(const Parameter& parameter, const Value& value) {
    if (is_range(parameter, value)) return range_count(parameter.name, value);
    return static_cast<std::int64_t>(value.list().size());
}

Axis read_axis(const Parameter& parameter, const Value& value) {
    Axis axis{parameter.name, {}, value.where()};
    const auto given = is_range(parameter, value) ? range_values(parameter.name, value) : value.list();
    if (given.empty()) {
        throw InputError(value.where(), "the sweep axis '" + parameter.name + "' is empty", {},
                         "give at least one value");
    }
    std::unordered_set<std::string> seen;
    axis.values.reserve(given.size());
    for (const auto& item : given) {
        axis.values.push_back(checked_on_axis(parameter, item));
        if (seen.insert(axis.values.back().canonical()).second) continue;
        throw InputError(item.where(),
                         "the sweep axis '" + parameter.name + "' has the value " + item.shown() + " twice");
    }
    return axis;
}

}  // namespace sigmaflow
