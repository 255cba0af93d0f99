#include "observe.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "sigmaflow/study/study_kinds.hpp"

namespace sigmaflow {
namespace {

constexpr int kMostLevels = 100'000;

InputError levels_refusal(const Value& value) {
    return {value.where(), "'levels' is " + value.type_name() + ", " + value.shown(),
            "allowed: an integer from 2 to " + std::to_string(kMostLevels) +
                ", a list of different numbers > 0, or \"grid\""};
}

Levels read_level_list(const Value& value) {
    Levels out;
    for (const auto& item : value.list()) {
        if (!item.is_number() || !(item.number() > 0.0)) throw levels_refusal(value);
        out.values.push_back(item.number());
    }
    std::sort(out.values.begin(), out.values.end(), std::greater<>());
    const bool twice = std::adjacent_find(out.values.begin(), out.values.end()) != out.values.end();
    if (out.values.empty() || out.values.size() > kMostLevels || twice) throw levels_refusal(value);
    out.count = static_cast<int>(out.values.size());
    return out;
}

Levels read_levels(const Value& value) {
    Levels out;
    if (value.is_list()) return read_level_list(value);
    if (value.is_text() && value.text() == "grid") {
        out.every_grid_sigma = true;
        return out;
    }
    if (!value.is_integer() || value.integer() < 2 || value.integer() > kMostLevels) throw levels_refusal(value);
    out.count = static_cast<int>(value.integer());
    return out;
}

/// "spectrum" is short for { kind = "spectrum" }.
Quantity read_quantity(const Value& value, const StudyRegistries& registries) {
    const Value* name = value.is_table() ? value.find("kind") : &value;
    if (name == nullptr || !name->is_text()) {
        throw InputError(value.where(), "a quantity is " + value.shown(),
                         "allowed: a name, or a table { kind = \"name\", ... }");
    }
    const Kind& kind = registries.kind("quantity", name->text(), name->where());
    Value::Table given;
    if (value.is_table()) given = value.table();
    std::erase_if(given, [](const auto& item) { return item.first == "kind"; });
    return {kind.name, Parameters(kind, given, value.where())};
}

std::vector<Quantity> read_quantities(const Value& value, const StudyRegistries& registries) {
    const std::string allowed = "allowed: a list of names, or of tables { kind = \"name\", ... }";
    if (!value.is_list()) throw InputError(value.where(), "'quantities' is " + value.type_name(), allowed);
    if (value.list().empty()) throw InputError(value.where(), "'quantities' is empty", allowed);
    std::vector<Quantity> out;
    std::set<std::string> seen;
    for (const auto& item : value.list()) {
        out.push_back(read_quantity(item, registries));
        if (seen.insert(out.back().kind).second) continue;
        throw InputError(item.where(), "the quantity '" + out.back().kind + "' is listed twice");
    }
    return out;
}

}  // namespace

void read_observe(const Section& section, const StudyRegistries& registries, Study& study) {
    Value::Table plain;
    Value quantities(Value::List{Value("spectrum", section.where)}, section.where);
    for (const auto& [key, value] : section.values) {
        if (key == "levels") {
            study.levels = read_levels(value);
        } else if (key == "quantities") {
            quantities = value;
        } else {
            plain.emplace_back(key, value);
        }
    }
    study.quantities = read_quantities(quantities, registries);
    const Parameters parameters(observe_section(), plain, section.where);
    study.keep_particles = static_cast<int>(std::min(parameters.integer("keep_particles"), study.particles));
}

}  // namespace sigmaflow
