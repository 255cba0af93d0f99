#include "nested.hpp"

#include <algorithm>
#include <charconv>

#include "axes.hpp"

namespace sigmaflow {
namespace {

struct SplitPath {
    std::string first;
    std::string rest;  ///< empty at the end
};

SplitPath split(const std::string& path) {
    const auto dot = path.find('.');
    if (dot == std::string::npos) return {path, {}};
    return {path.substr(0, dot), path.substr(dot + 1)};
}

/// The index that a part of a path spells, or `size` if it is none.
std::size_t index_in(const std::string& text, std::size_t size) {
    std::size_t index = size;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), index);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? std::min(index, size) : size;
}

bool assign_in(Value& value, const std::string& path, const Value& assigned) {
    if (value.is_table()) {
        Value::Table table = value.table();
        if (!assign_at(table, path, assigned)) return false;
        value = Value(std::move(table), value.where());
        return true;
    }
    if (!value.is_list()) return false;
    const SplitPath parts = split(path);
    Value::List list = value.list();
    const std::size_t index = index_in(parts.first, list.size());
    if (index == list.size() || parts.rest.empty() || !assign_in(list[index], parts.rest, assigned)) return false;
    value = Value(std::move(list), value.where());
    return true;
}

/// The kind that an object's table names, or nullptr.
const Kind* kind_in(const Parameter& parameter, const Value& object) {
    const Value* name = object.is_table() ? object.find("kind") : nullptr;
    return name != nullptr && name->is_text() ? &parameter.kind_of(name->text(), name->where()) : nullptr;
}

const Value* find_in(const Value& value, const std::string& path) {
    if (value.is_table()) return value_at(value.table(), path);
    if (!value.is_list()) return nullptr;
    const SplitPath parts = split(path);
    const std::size_t index = index_in(parts.first, value.list().size());
    if (index == value.list().size()) return nullptr;
    return parts.rest.empty() ? &value.list()[index] : find_in(value.list()[index], parts.rest);
}

/// One object: its parameters, each without axes.
Value object_without_axes(const Parameter& parameter, const Value& value, const std::string& path,
                          std::vector<Axis>& axes) {
    const Kind* kind = kind_in(parameter, value);
    if (kind == nullptr) return value;
    Value::Table out;
    for (const auto& [key, item] : value.table()) {
        const Parameter* inner = kind->find(key);
        out.emplace_back(key, inner == nullptr ? item : without_axes(*inner, item, path + "." + key, axes));
    }
    return {std::move(out), value.where()};
}

}  // namespace

const Value* value_at(const Value::Table& table, const std::string& path) {
    const SplitPath parts = split(path);
    for (const auto& [name, value] : table) {
        if (name == parts.first) return parts.rest.empty() ? &value : find_in(value, parts.rest);
    }
    return nullptr;
}

bool assign_at(Value::Table& table, const std::string& path, const Value& value) {
    const SplitPath parts = split(path);
    for (auto& [name, old] : table) {
        if (name != parts.first) continue;
        if (!parts.rest.empty()) return assign_in(old, parts.rest, value);
        old = value;
        return true;
    }
    if (!parts.rest.empty()) return false;
    table.emplace_back(parts.first, value);
    return true;
}

const Parameter* parameter_at(const Kind& kind, const Value::Table& values, const std::string& path) {
    const SplitPath parts = split(path);
    const Parameter* parameter = kind.find(parts.first);
    if (parameter == nullptr || parts.rest.empty() || !parameter->holds_objects()) {
        return parts.rest.empty() ? parameter : nullptr;
    }
    const Value* object = value_at(values, parts.first);
    if (object == nullptr) return nullptr;
    std::string rest = parts.rest;
    if (parameter->type == Type::objects) {
        const SplitPath place = split(rest);
        if (!object->is_list()) return nullptr;
        const std::size_t index = index_in(place.first, object->list().size());
        if (index == object->list().size() || place.rest.empty()) return nullptr;
        object = &object->list()[index];
        rest = place.rest;
    }
    const Kind* inner = kind_in(*parameter, *object);
    return inner == nullptr ? nullptr : parameter_at(*inner, object->table(), rest);
}

Value without_axes(const Parameter& parameter, const Value& value, const std::string& path, std::vector<Axis>& axes) {
    if (is_axis(parameter, value)) {
        Axis axis = read_axis(parameter, value);
        axis.key = path;
        axes.push_back(std::move(axis));
        return axes.back().values.front();
    }
    if (!parameter.holds_objects()) return value;
    if (parameter.type == Type::object) return object_without_axes(parameter, value, path, axes);
    if (!value.is_list()) return value;
    Value::List out;
    for (std::size_t i = 0; i < value.list().size(); ++i) {
        out.push_back(object_without_axes(parameter, value.list()[i], path + "." + std::to_string(i), axes));
    }
    return {std::move(out), value.where()};
}

std::int64_t values_on_axes(const Parameter& parameter, const Value& value) {
    if (is_axis(parameter, value)) return axis_length(parameter, value);
    if (!parameter.holds_objects()) return 0;
    std::int64_t sum = 0;
    const auto add = [&](const Value& object) {
        const Kind* kind = kind_in(parameter, object);
        if (kind == nullptr) return;
        for (const auto& [key, item] : object.table()) {
            const Parameter* inner = kind->find(key);
            if (inner != nullptr) sum += values_on_axes(*inner, item);
        }
    };
    if (value.is_table()) add(value);
    if (value.is_list()) std::for_each(value.list().begin(), value.list().end(), add);
    return sum;
}

}  // namespace sigmaflow
