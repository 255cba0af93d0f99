#include "sigmaflow/study/select.hpp"

#include "choices.hpp"

namespace sigmaflow {
namespace {

const Entry& find_entry(const Study& study, const std::string& room, const std::string& label) {
    const auto& entries = study.of(room);
    std::vector<std::string> known;
    for (const auto& entry : entries) {
        if (entry.label == label || (label.empty() && entries.size() == 1)) return entry;
        known.push_back(entry.label);
    }
    const Location where{study.path, 0, 0};
    if (entries.empty()) throw InputError(where, "the study has no " + room, {}, "add a [[" + room + "]] table");
    if (label.empty()) throw InputError(where, "the study has more than one " + room, "name one of: " + joined(known));
    throw InputError(where, "the study has no " + room + " '" + label + "'", "known names: " + joined(known),
                     suggest(label, known));
}

}  // namespace

Choice select_one(const Study& study, const std::string& room, const std::string& label, const PointsCatalog& catalog,
                  const StudyRegistries& registries) {
    const Entry& entry = find_entry(study, room, label);
    std::vector<std::string> swept;
    std::string example;
    for (const auto& axis : entry.axes) {
        if (axis.values.size() == 1) continue;
        swept.push_back(entry.address(axis.key) + " (" + std::to_string(axis.values.size()) + " values)");
        if (example.empty()) example = "--set " + entry.address(axis.key) + "=" + axis.values.front().shown();
    }
    if (swept.empty()) return make_choice(entry, std::vector<std::size_t>(entry.axes.size(), 0), catalog, registries);
    throw InputError(entry.where, room + " '" + entry.label + "' is swept, and one of it is wanted",
                     "axes: " + joined(swept), "set each, as in: " + example);
}

}  // namespace sigmaflow
