#include "sigmaflow/study/registries.hpp"

#include "sigmaflow/distribution/registry.hpp"
#include "sigmaflow/dynamics/registry.hpp"
#include "sigmaflow/schedule/registry.hpp"
#include "sigmaflow/stability/registry.hpp"

namespace sigmaflow {
namespace {

template <class Factory>
std::vector<Kind> kinds_of(const Registry<Factory>& registry) {
    std::vector<Kind> out;
    for (const auto& name : registry.names()) out.push_back(registry.at(name).kind);
    return out;
}

}  // namespace

const StudyRegistries& study_registries() {
    static const StudyRegistries registries{
        kinds_of(distributions()), kinds_of(schedules()),
        kinds_of(solvers()),       kinds_of(observables()),
        kinds_of(analyses()),      [](const Parameters& parameters) { return points_source(parameters); }};
    return registries;
}

}  // namespace sigmaflow
