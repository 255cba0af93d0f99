#include "targets.hpp"

#include <set>

#include "nested.hpp"

namespace sigmaflow {
namespace {

[[noreturn]] void refuse_label(const Address& address, const std::vector<Entry>& entries, const Location& where) {
    std::vector<std::string> known;
    for (const auto& entry : entries) known.push_back(entry.label);
    throw InputError(where, "the study has no " + address.room + " '" + address.label + "'",
                     "known names: " + joined(known), suggest(address.label, known));
}

[[noreturn]] void refuse_key(const Address& address, const std::set<std::string>& keys, const Location& where) {
    const std::vector<std::string> known(keys.begin(), keys.end());
    const std::string whose = address.label.empty() ? "no " + address.room + " of the study has a key '"
                                                    : address.room + " '" + address.label + "' has no key '";
    throw InputError(where, whose + address.key + "'", "known keys: " + joined(known), suggest(address.key, known));
}

}  // namespace

std::vector<Target> targets_of(const Address& address, const Study& study, const StudyRegistries& registries,
                               const Location& where) {
    std::vector<Target> out;
    std::set<std::string> keys;
    bool any_label = false;
    const auto& entries = study.of(address.room);
    for (const auto& entry : entries) {
        if (!address.covers(entry.room, entry.label)) continue;
        any_label = true;
        const Kind& kind = registries.kind(entry.room, entry.kind, entry.where);
        const Parameter* parameter = parameter_at(kind, entry.fixed, address.key);
        if (parameter != nullptr || address.key == "name" || address.key == "kind") {
            out.push_back({&entry, &kind, parameter});
        }
        if (!out.empty()) continue;
        for (const auto& known : kind.parameters) keys.insert(known.name);
    }
    if (!any_label) refuse_label(address, entries, where);
    if (out.empty()) refuse_key(address, keys, where);
    return out;
}

}  // namespace sigmaflow
