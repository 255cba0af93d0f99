#include "entries.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "nested.hpp"

namespace sigmaflow {
namespace {

const Parameter& find_parameter(const Kind& kind, const std::string& key, const Value& value) {
    const Parameter* parameter = kind.find(key);
    if (parameter != nullptr) return *parameter;
    std::vector<std::string> known{"name", "kind"};
    for (const auto& other : kind.parameters) known.push_back(other.name);
    throw InputError(value.where(), "unknown key '" + key + "' of " + kind.name, "known keys: " + joined(known),
                     suggest(key, known));
}

/// A text with its path relative to the folder of the study.
Value resolved_text(const Value& value, const std::filesystem::path& folder) {
    if (value.is_text()) return {(folder / value.text()).lexically_normal().string(), value.where()};
    if (!value.is_list()) return value;
    Value::List items;
    for (const auto& item : value.list()) items.push_back(resolved_text(item, folder));
    return {std::move(items), value.where()};
}

/// A value with all paths in it resolved, those inside objects included. Objects whose kind is not named stay as they
/// are: they are refused later.
Value resolved(const Parameter& parameter, const Value& value, const std::filesystem::path& folder) {
    if (parameter.is_path) return resolved_text(value, folder);
    if (!parameter.holds_objects()) return value;
    if (value.is_list()) {
        Value::List items;
        for (const auto& item : value.list()) items.push_back(resolved(parameter, item, folder));
        return {std::move(items), value.where()};
    }
    const Value* name = value.is_table() ? value.find("kind") : nullptr;
    if (name == nullptr || !name->is_text()) return value;
    const Kind& kind = parameter.kind_of(name->text(), name->where());
    Value::Table out;
    for (const auto& [key, item] : value.table()) {
        const Parameter* inner = kind.find(key);
        out.emplace_back(key, inner == nullptr ? item : resolved(*inner, item, folder));
    }
    return {std::move(out), value.where()};
}

/// Builds one combination of the entry: every value has been checked by itself, so what can be wrong is what is
/// missing.
void check_complete(const Entry& entry, const Kind& kind) {
    Value::Table first = entry.fixed;
    for (const auto& axis : entry.axes) assign_at(first, axis.key, axis.values.front());
    const Parameters complete(kind, first, entry.where);
}

Entry read_entry(const RawEntry& raw, const Kind& kind, const std::string& folder) {
    Entry entry{raw.room, raw.label, kind.name, {}, {}, raw.where};
    for (const auto& [key, value] : raw.parameters) {
        const Parameter& parameter = find_parameter(kind, key, value);
        const std::size_t axes = entry.axes.size();
        const Value first = without_axes(parameter, resolved(parameter, value, folder), key, entry.axes);
        const bool is_axis_itself = entry.axes.size() > axes && entry.axes.back().key == key;
        if (!is_axis_itself) entry.fixed.emplace_back(key, checked(parameter, first));
    }
    check_complete(entry, kind);
    return entry;
}

/// Ranges are short to write: their lengths are added up before any is expanded.
std::int64_t values_on_axes(const RawEntry& raw, const Kind& kind) {
    std::int64_t sum = 0;
    for (const auto& [key, value] : raw.parameters) sum += values_on_axes(find_parameter(kind, key, value), value);
    return sum;
}

std::vector<Entry>& room_of(Study& study, const std::string& room) {
    if (room == "distribution") return study.distributions;
    if (room == "analysis") return study.analyses;
    return room == "schedule" ? study.schedules : study.solvers;
}

/// The labels that an analysis is restricted to.
std::vector<std::string> read_restriction(const RawEntry& raw, const std::vector<std::string>& labels) {
    std::vector<std::string> out;
    if (!raw.distributions) return out;
    const Value& value = *raw.distributions;
    if (!value.is_list() || value.list().empty()) {
        throw InputError(value.where(), "'distributions' of an analysis is " + value.shown(),
                         "allowed: a list of names of distributions");
    }
    for (const auto& item : value.list()) {
        const std::string name = item.is_text() ? item.text() : "";
        if (std::find(labels.begin(), labels.end(), name) == labels.end()) {
            throw InputError(item.where(), "the study has no distribution " + item.shown(),
                             "known names: " + joined(labels), suggest(name, labels));
        }
        out.push_back(name);
    }
    return out;
}

}  // namespace

void read_entries(const Sections& sections, const StudyRegistries& registries, Study& study) {
    std::int64_t values = 0;
    for (const auto& raw : sections.entries) {
        values += values_on_axes(raw, registries.kind(raw.room, raw.kind.text(), raw.kind.where()));
        if (values <= kMostPoints) continue;
        throw InputError(raw.where, fmt::format("the sweep axes hold {} values or more", values),
                         fmt::format("at most {}", kMostPoints), "use fewer values");
    }
    for (const auto& raw : sections.entries) {
        const Kind& kind = registries.kind(raw.room, raw.kind.text(), raw.kind.where());
        room_of(study, raw.room).push_back(read_entry(raw, kind, study.folder));
        room_of(study, raw.room).back().distributions = read_restriction(raw, sections.labels("distribution"));
    }
}

}  // namespace sigmaflow
