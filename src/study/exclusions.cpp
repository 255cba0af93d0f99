#include "exclusions.hpp"

#include <algorithm>
#include <cmath>

#include "axes.hpp"
#include "nested.hpp"
#include "targets.hpp"

namespace sigmaflow {
namespace {

/// Equal for a reader: 1 and 1.0, and a value of a range written with fewer digits than it has.
bool same_value(const Value& a, const Value& b) {
    if (a.is_number() && b.is_number()) {
        return std::abs(a.number() - b.number()) <= 1e-9 * std::max(std::abs(a.number()), std::abs(b.number()));
    }
    if (!a.is_list() || !b.is_list()) return a.canonical() == b.canonical();
    return std::equal(a.list().begin(), a.list().end(), b.list().begin(), b.list().end(), same_value);
}

/// The value, or the values of a list where the parameter itself is no such list.
std::vector<Value> wanted_values(const Parameter* parameter, const Value& value) {
    const int single = parameter == nullptr ? 0 : nesting(parameter->type);
    return list_depth(value) == single + 1 ? value.list() : std::vector<Value>{value};
}

bool holds(const std::vector<Value>& values, const Value& wanted) {
    return std::any_of(values.begin(), values.end(), [&](const Value& value) { return same_value(value, wanted); });
}

/// Every value that the target takes in the study.
std::vector<Value> values_of(const Target& target, const std::string& key) {
    if (key == "name") return {target.entry->label};
    if (key == "kind") return {target.entry->kind};
    const Axis* axis = target.entry->axis(key);
    if (axis != nullptr) return axis->values;
    if (const Value* fixed = value_at(target.entry->fixed, key)) return {*fixed};
    if (target.parameter->fallback) return {*target.parameter->fallback};
    return {};
}

[[noreturn]] void refuse_value(const std::string& address, const Value& wanted, const std::vector<Value>& known) {
    constexpr std::size_t most = 8;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(most, known.size()); ++i) names.push_back(known[i].shown());
    if (known.size() > most) names.emplace_back("...");
    throw InputError(wanted.where(), "the exclusion of '" + address + "' = " + wanted.shown() + " matches nothing",
                     names.empty() ? "it has no value" : "its values: " + joined(names));
}

void check_term(const std::string& text, const Value& value, const Study& study, const StudyRegistries& registries,
                const std::set<std::string>& overridden) {
    const Address address = parse_address(text, value.where());
    std::vector<Value> known;
    std::vector<Value> wanted;
    for (const auto& target : targets_of(address, study, registries, value.where())) {
        if (overridden.contains(target.entry->address(address.key))) return;
        const auto values = values_of(target, address.key);
        known.insert(known.end(), values.begin(), values.end());
        wanted = wanted_values(target.parameter, value);
    }
    if (wanted.empty()) throw InputError(value.where(), "the exclusion of '" + text + "' has no value");
    for (const auto& item : wanted) {
        if (!holds(known, item)) refuse_value(text, item, known);
    }
}

bool matches_term(const Address& address, const Value& value, const Entry& entry, const Parameters& parameters,
                  const Kind& kind) {
    if (!address.covers(entry.room, entry.label)) return false;
    if (address.key == "name") return holds(wanted_values(nullptr, value), entry.label);
    if (address.key == "kind") return holds(wanted_values(nullptr, value), entry.kind);
    const Value::Table values(parameters.values().begin(), parameters.values().end());
    const Parameter* parameter = parameter_at(kind, values, address.key);
    if (parameter == nullptr) return false;
    // Objects keep no defaults.
    const Value* found = value_at(values, address.key);
    if (found == nullptr && parameter->fallback) found = &*parameter->fallback;
    return found != nullptr && holds(wanted_values(parameter, value), *found);
}

}  // namespace

void check_exclusion(const Exclusion& exclusion, const Study& study, const StudyRegistries& registries,
                     const std::set<std::string>& overridden) {
    for (const auto& [address, value] : exclusion) check_term(address, value, study, registries, overridden);
}

Exclusions::Exclusions(const Study& study, const StudyRegistries& registries) : registries_(&registries) {
    for (const auto& exclusion : study.exclude) {
        exclusions_.emplace_back();
        for (const auto& [address, value] : exclusion) {
            exclusions_.back().push_back({parse_address(address, value.where()), value});
        }
    }
}

std::vector<bool> Exclusions::matches(const Entry& entry, const Parameters& parameters) const {
    const Kind& kind = registries_->kind(entry.room, entry.kind, entry.where);
    std::vector<bool> out;
    out.reserve(exclusions_.size());
    for (const auto& terms : exclusions_) {
        out.push_back(std::all_of(terms.begin(), terms.end(), [&](const Term& term) {
            return term.address.room != entry.room || matches_term(term.address, term.value, entry, parameters, kind);
        }));
    }
    return out;
}

std::vector<bool> Exclusions::within(const std::vector<std::string>& rooms) const {
    std::vector<bool> out;
    for (const auto& terms : exclusions_) {
        out.push_back(std::all_of(terms.begin(), terms.end(), [&](const Term& term) {
            return std::find(rooms.begin(), rooms.end(), term.address.room) != rooms.end();
        }));
    }
    return out;
}

}  // namespace sigmaflow
