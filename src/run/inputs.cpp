#include "sigmaflow/run/inputs.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace sigmaflow {

StudyInputs read_inputs(const std::string& path, const std::vector<std::string>& overrides) {
    StudyInputs inputs;
    inputs.study = read_study(path, overrides);
    for (const auto& source : points_sources(inputs.study)) {
        if (inputs.tables.contains(source.key())) continue;
        try {
            inputs.tables.emplace(source.key(), read_points(source.path, source.dataset, source.labels));
        } catch (const InputError& error) {
            throw InputError(source.where, error.what());
        }
    }
    for (const auto& [key, table] : inputs.tables) inputs.catalog.emplace(key, table.view());
    return inputs;
}

namespace {

std::int64_t preview_count(std::int64_t whole) {
    return std::min(whole, std::max<std::int64_t>(kTileWidth, whole / 100));
}

/// The draws of an analysis, where it has a parameter `samples`; -1 where it has none, or sweeps it.
std::int64_t samples_of(const Entry& analysis) {
    const Kind& kind = study_registries().kind("analysis", analysis.kind, analysis.where);
    const Parameter* samples = kind.find("samples");
    if (samples == nullptr || samples->type != Type::integer || analysis.axis("samples") != nullptr) return -1;
    for (const auto& [key, value] : analysis.fixed) {
        if (key == "samples") return value.integer();
    }
    return samples->fallback ? samples->fallback->integer() : -1;
}

}  // namespace

std::vector<std::string> preview_overrides(const Study& study) {
    std::vector<std::string> out{fmt::format("study.particles={}", preview_count(study.particles))};
    for (const auto& analysis : study.analyses) {
        const std::int64_t samples = samples_of(analysis);
        if (samples > 0) out.push_back(fmt::format("{}={}", analysis.address("samples"), preview_count(samples)));
    }
    return out;
}

}  // namespace sigmaflow
