#include "sigmaflow/study/study.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "entries.hpp"
#include "names.hpp"
#include "observe.hpp"
#include "overrides.hpp"
#include "sections.hpp"
#include "sigmaflow/core/hash.hpp"
#include "sigmaflow/core/input_file.hpp"
#include "sigmaflow/core/tile.hpp"
#include "sigmaflow/study/points.hpp"
#include "sigmaflow/study/study_kinds.hpp"
#include "sweep.hpp"
#include "toml_reader.hpp"

namespace sigmaflow {
namespace {

void read_study_section(const Section& section, Study& study) {
    const Parameters parameters(study_section(), section.values, section.where);
    study.name = parameters.has("name") ? checked_name(parameters.at("name"), "the name of the study")
                                        : name_from(std::filesystem::path(study.path).stem().string());
    study.seed = static_cast<std::uint64_t>(parameters.integer("seed"));
    study.particles = parameters.integer("particles");
    study.block = static_cast<int>(parameters.integer("block"));
    if (study.block % kTileWidth != 0) {
        throw parameters.error("block", "allowed: a multiple of " + std::to_string(kTileWidth));
    }
}

}  // namespace

const Axis* Entry::axis(const std::string& key) const {
    const auto found = std::find_if(axes.begin(), axes.end(), [&](const Axis& axis) { return axis.key == key; });
    return found == axes.end() ? nullptr : &*found;
}

bool Entry::looks_at(const Entry& distribution) const {
    return distributions.empty() ||
           std::find(distributions.begin(), distributions.end(), distribution.label) != distributions.end();
}

const std::vector<Entry>& Study::of(const std::string& room) const {
    if (room == "distribution") return distributions;
    if (room == "schedule") return schedules;
    if (room == "solver") return solvers;
    if (room == "analysis") return analyses;
    throw std::logic_error("a study has no room '" + room + "'");
}

std::uint64_t Study::hash() const {
    std::string all = text;
    for (const auto& assignment : overrides) all += '\0' + assignment;  // no text of TOML holds a zero byte
    return hash64(all);
}

Study parse_study(const std::string& text, const std::string& path, const std::vector<std::string>& overrides,
                  const StudyRegistries& registries) {
    Study study;
    study.text = text;
    study.path = path;
    study.folder = std::filesystem::path(path).parent_path().string();
    if (study.folder.empty()) study.folder = ".";
    study.overrides = overrides;
    Sections sections = split_sections(read_toml(text, path), path);
    for (const auto& assignment : overrides) apply_override(sections, assignment, registries);
    read_study_section(sections.study, study);
    read_entries(sections, registries, study);
    read_sweep(sections, registries, study);
    read_observe(sections.observe, registries, study);
    (void)study_size(study);
    return study;
}

Study read_study(const std::string& path, const std::vector<std::string>& overrides,
                 const StudyRegistries& registries) {
    return parse_study(read_text_file(path, kMostStudyBytes), path, overrides, registries);
}

}  // namespace sigmaflow
