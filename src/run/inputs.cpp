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

std::vector<std::string> preview_overrides(const Study& study) {
    const std::int64_t particles = std::min(study.particles, std::max<std::int64_t>(kTileWidth, study.particles / 100));
    return {fmt::format("study.particles={}", particles)};
}

}  // namespace sigmaflow
