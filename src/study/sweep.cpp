#include "sweep.hpp"

#include <algorithm>

#include "exclusions.hpp"
#include "sigmaflow/study/study_kinds.hpp"
#include "zips.hpp"

namespace sigmaflow {
namespace {

/// { distribution.planes.dim = 2 } means the same as { "distribution.planes.dim" = 2 }.
void flatten(const std::string& prefix, const Value::Table& table, Exclusion& out) {
    for (const auto& [key, value] : table) {
        const std::string address = prefix.empty() ? key : prefix + "." + key;
        if (value.is_table()) {
            flatten(address, value.table(), out);
        } else {
            out.emplace_back(address, value);
        }
    }
}

Exclusion read_exclusion(const Value& value) {
    const std::string allowed = "allowed: a table { \"room.label.key\" = value or list of values, ... }";
    if (!value.is_table()) throw InputError(value.where(), "an exclusion is " + value.type_name(), allowed);
    Exclusion out;
    flatten({}, value.table(), out);
    if (out.empty()) throw InputError(value.where(), "an exclusion is empty", allowed);
    return out;
}

/// How many values the exclusions of a list name.
std::int64_t count_values(const Value& value) {
    std::int64_t sum = 0;
    if (value.is_list()) {
        for (const auto& item : value.list()) sum += count_values(item);
    } else if (value.is_table()) {
        for (const auto& [key, item] : value.table()) sum += count_values(item);
    }
    return std::max<std::int64_t>(sum, 1);
}

/// The values of all axes of the study, and one for every object.
std::int64_t count_candidates(const Study& study) {
    std::int64_t sum = 0;
    for (const auto* room : {&study.distributions, &study.schedules, &study.solvers, &study.analyses}) {
        for (const auto& entry : *room) {
            ++sum;
            for (const auto& axis : entry.axes) sum += static_cast<std::int64_t>(axis.values.size());
        }
    }
    return sum;
}

void check_cost(const Value& exclusions, const Study& study) {
    const std::int64_t values = count_values(exclusions);
    const std::int64_t candidates = std::max<std::int64_t>(count_candidates(study), 1);
    if (values <= kMostComparisons / candidates) return;
    throw InputError(exclusions.where(),
                     "the exclusions name " + std::to_string(values) + " values, and the study has " +
                         std::to_string(candidates) + " to compare each with",
                     "at most " + std::to_string(kMostComparisons) + " comparisons", "use fewer exclusions");
}

}  // namespace

void read_sweep(const Sections& sections, const StudyRegistries& registries, Study& study) {
    std::vector<std::string> known;
    for (const auto& parameter : sweep_section().parameters) known.push_back(parameter.name);
    for (const auto& [key, value] : sections.sweep.values) {
        if (key != "exclude" && key != "zip") {
            throw InputError(value.where(), "unknown key '" + key + "' of [sweep]", "known keys: " + joined(known),
                             suggest(key, known));
        }
        if (!value.is_list()) {
            throw InputError(value.where(), "'" + key + "' is " + value.type_name() + ", not a list");
        }
        if (key == "zip") study.zip = read_zips(value.list(), sections, registries, study);
        if (key != "exclude") continue;
        check_cost(value, study);
        for (const auto& item : value.list()) {
            study.exclude.push_back(read_exclusion(item));
            check_exclusion(study.exclude.back(), study, registries, sections.overridden);
        }
    }
}

}  // namespace sigmaflow
