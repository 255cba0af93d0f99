#include "sections.hpp"

#include <algorithm>
#include <map>

#include "address.hpp"
#include "names.hpp"
#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/study/study.hpp"

namespace sigmaflow {
namespace {

RawEntry split_entry(const std::string& room, const Value& source) {
    RawEntry entry{room, {}, {}, {}, source.where()};
    const Value* kind = source.find("kind");
    if (kind == nullptr) throw InputError(source.where(), "this " + room + " has no kind", {}, "give kind = \"...\"");
    if (kind->is_list()) {
        throw InputError(kind->where(), "the kind of a " + room + " cannot be swept", "found " + kind->shown(),
                         "write one [[" + room + "]] table for each kind");
    }
    if (!kind->is_text()) {
        throw InputError(kind->where(), "the kind of a " + room + " is " + kind->type_name() + ", not a string");
    }
    entry.kind = *kind;
    const Value* name = source.find("name");
    entry.label = checked_name(name != nullptr ? *name : *kind, "the name of a " + room);
    for (const auto& [key, value] : source.table()) {
        if (room == "analysis" && key == "distributions") {
            entry.distributions = value;
        } else if (key != "name" && key != "kind") {
            entry.parameters.emplace_back(key, value);
        }
    }
    return entry;
}

void add_entries(const std::string& room, const Value& source, Sections& out) {
    const auto is_table = [](const Value& item) { return item.is_table(); };
    if (!source.is_list() || !std::all_of(source.list().begin(), source.list().end(), is_table)) {
        throw InputError(source.where(), "'" + room + "' is " + source.type_name() + ", not a list of tables", {},
                         "write [[" + room + "]] with two brackets");
    }
    if (source.list().size() > kMostObjects - out.entries.size()) {
        throw InputError(source.where(), "the study has more than " + std::to_string(kMostObjects) + " objects", {},
                         "sweep a parameter instead of writing a table for each of its values");
    }
    std::map<std::string, Location> seen;
    for (const auto& item : source.list()) {
        out.entries.push_back(split_entry(room, item));
        const auto& entry = out.entries.back();
        const auto [first, is_new] = seen.emplace(entry.label, entry.where);
        if (is_new) continue;
        throw InputError(entry.where, "two " + plural(room) + " have the name '" + entry.label + "'",
                         "the first is at " + first->second.text(), "give each a name = \"...\" of its own");
    }
}

Section section_of(const std::string& name, const Value& source) {
    if (source.is_table()) return {source.table(), source.where()};
    throw InputError(source.where(), "'" + name + "' is " + source.type_name() + ", not a table", {},
                     "write [" + name + "] with one bracket");
}

}  // namespace

std::vector<std::string> Sections::labels(const std::string& room) const {
    std::vector<std::string> out;
    for (const auto& entry : entries) {
        if (entry.room == room) out.push_back(entry.label);
    }
    return out;
}

Sections split_sections(const Value::Table& document, const std::string& path) {
    const Location nowhere{path, 0, 0};
    Sections out{{{}, nowhere}, {{}, nowhere}, {{}, nowhere}, {}, {}};
    for (const auto& [name, value] : document) {
        const auto& rooms = object_rooms();
        if (std::find(rooms.begin(), rooms.end(), name) != rooms.end()) {
            add_entries(name, value, out);
        } else if (name == "study") {
            out.study = section_of(name, value);
        } else if (name == "sweep") {
            out.sweep = section_of(name, value);
        } else if (name == "observe") {
            out.observe = section_of(name, value);
        } else {
            const std::vector<std::string> known{"study",    "distribution", "schedule", "solver",
                                                 "analysis", "sweep",        "observe"};
            throw InputError(value.where(), "unknown section '" + name + "'", "known sections: " + joined(known),
                             suggest(name, known));
        }
    }
    return out;
}

void assign(Value::Table& table, const std::string& key, const Value& value) {
    for (auto& [name, old] : table) {
        if (name != key) continue;
        old = value;
        return;
    }
    table.emplace_back(key, value);
}

}  // namespace sigmaflow
