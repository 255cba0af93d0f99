#include <algorithm>
#include <stdexcept>

#include "sigmaflow/distribution/registry.hpp"
#include "sigmaflow/study/registries.hpp"

namespace sigmaflow {

const std::vector<Kind>& StudyRegistries::of(const std::string& room) const {
    if (room == "distribution") return distributions;
    if (room == "schedule") return schedules;
    if (room == "solver") return solvers;
    if (room == "quantity") return quantities;
    if (room == "analysis") return analyses;
    throw std::logic_error("a study has no room '" + room + "'");
}

const Kind& StudyRegistries::kind(const std::string& room, const std::string& name, const Location& where) const {
    const auto& kinds = of(room);
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) { return kind.name == name; });
    if (found != kinds.end()) return *found;
    std::vector<std::string> known;
    for (const auto& kind : kinds) known.push_back(kind.name);
    throw InputError(where, "unknown kind of " + room + " '" + name + "'", "known kinds: " + joined(known),
                     suggest(name, known));
}

}  // namespace sigmaflow
