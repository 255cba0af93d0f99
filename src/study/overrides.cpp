#include "overrides.hpp"

#include <algorithm>
#include <set>

#include "address.hpp"
#include "nested.hpp"
#include "toml_reader.hpp"

namespace sigmaflow {
namespace {

bool is_bare_word(const std::string& text) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto is_inner = [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '/' || c == '-' || c == '~';
    };
    if (text.empty() || !(is_letter(text[0]) || text[0] == '.' || text[0] == '/' || text[0] == '~')) return false;
    return text != "true" && text != "false" && text != "nan" && text != "inf" &&
           std::all_of(text.begin(), text.end(), is_inner);
}

Value override_value(const std::string& text, const Location& where) {
    return is_bare_word(text) ? Value(text, where) : read_toml_value(text, where);
}

Section* plain_section(Sections& sections, const std::string& name) {
    if (name == "study") return &sections.study;
    if (name == "observe") return &sections.observe;
    if (name == "sweep") return &sections.sweep;
    return nullptr;
}

bool kind_has(const StudyRegistries& registries, const RawEntry& entry, const std::string& key) {
    return registries.kind(entry.room, entry.kind.text(), entry.kind.where()).find(key) != nullptr;
}

void set_in_entry(RawEntry& entry, const Address& address, const Value& value, Sections& sections) {
    if (address.key == "kind") {
        if (!value.is_text()) throw InputError(value.where(), "a kind is " + value.type_name() + ", not a string");
        entry.kind = value;
        return;
    }
    if (entry.room == "analysis" && address.key == "distributions") {
        entry.distributions = value;
        return;
    }
    if (!assign_at(entry.parameters, address.key, value)) {
        throw InputError(value.where(),
                         "'" + address.key + "' leads nowhere in " + entry.room + " '" + entry.label + "'",
                         "allowed: a key, or the path of a key in a table of the study");
    }
    sections.overridden.insert(entry.address(address.key));
}

[[noreturn]] void refuse_address(const Sections& sections, const Address& address, const StudyRegistries& registries,
                                 const Location& where) {
    const auto labels = sections.labels(address.room);
    if (!address.label.empty() || labels.empty()) {
        throw InputError(where, "the study has no " + address.room + " '" + address.label + "'",
                         "known names: " + joined(labels), suggest(address.label, labels));
    }
    std::set<std::string> keys;
    for (const auto& entry : sections.entries) {
        if (entry.room != address.room) continue;
        for (const auto& parameter : registries.kind(entry.room, entry.kind.text(), entry.kind.where()).parameters) {
            keys.insert(parameter.name);
        }
    }
    const std::vector<std::string> known(keys.begin(), keys.end());
    throw InputError(where, "no " + address.room + " of the study has a key '" + address.key + "'",
                     "known keys: " + joined(known), suggest(address.key, known));
}

void set_in_room(Sections& sections, const Address& address, const Value& value, const StudyRegistries& registries) {
    if (address.key == "name") throw InputError(value.where(), "names cannot be set");
    bool any = false;
    for (auto& entry : sections.entries) {
        if (!address.covers(entry.room, entry.label)) continue;
        // Without a label, those that have no such key are passed over; with one, the key is judged with the rest.
        const bool has_any = address.key == "kind" || (entry.room == "analysis" && address.key == "distributions");
        if (address.label.empty() && !has_any && !kind_has(registries, entry, address.key)) continue;
        set_in_entry(entry, address, value, sections);
        any = true;
    }
    if (!any) refuse_address(sections, address, registries, value.where());
}

}  // namespace

void apply_override(Sections& sections, const std::string& assignment, const StudyRegistries& registries) {
    const Location where{"--set " + assignment, 0, 0};
    if (assignment.find('\n') != std::string::npos) {
        throw InputError(where, "an assignment has a line break", "the result file keeps them line by line");
    }
    const auto equals = assignment.find('=');
    if (equals == std::string::npos) {
        throw InputError(where, "this sets nothing", "allowed: room.label.key=value, room.key=value, study.key=value");
    }
    const std::string target = assignment.substr(0, equals);
    const Value value = override_value(assignment.substr(equals + 1), where);
    const auto parts = split_address(target);
    Section* section = plain_section(sections, parts[0]);
    if (section == nullptr) return set_in_room(sections, parse_address(target, where), value, registries);
    if (parts.size() != 2) throw InputError(where, "'" + target + "' is no address", "allowed: " + parts[0] + ".key");
    assign(section->values, parts[1], value);
}

}  // namespace sigmaflow
