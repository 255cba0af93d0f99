#include <fmt/format.h>

#include <cmath>

#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/cli/json.hpp"
#include "sigmaflow/cli/one_point.hpp"
#include "sigmaflow/stability/branch_diagram.hpp"

namespace sigmaflow {
namespace {

Json described(const SpecialPoint& point) {
    Json out;
    out["sigma"] = std::exp(point.tau);
    out["x"] = json_of(point.x);
    out["kind"] = name_of(point.kind);
    out["null_space"] = json_of(Eigen::MatrixXd(point.null_space.transpose()));
    out["residual"] = point.residual;
    out["bracket"] = {std::exp(point.bracket[0]), std::exp(point.bracket[1])};
    out["converged"] = point.converged;
    return out;
}

Json described(const BranchEnding& ending, const BranchDiagram& diagram, const char* range) {
    if (ending.why == BranchEnd::lost) return "lost";
    if (ending.why == BranchEnd::range) return range;
    return name_of(diagram.special_points[static_cast<std::size_t>(ending.special)].kind);
}

Json described(const Branch& branch, const BranchDiagram& diagram) {
    Json out;
    out["index"] = branch.index;
    out["zero_directions"] = branch.zeros;
    out["ended_because"] = {described(branch.low, diagram, "sigma_min"), described(branch.high, diagram, "sigma_max")};
    const auto number = [](const BranchEnding& ending) { return ending.special >= 0 ? Json(ending.special) : Json(); };
    out["special_points"] = {number(branch.low), number(branch.high)};
    out["sigma_range"] = {std::exp(branch.tau_low), std::exp(branch.tau_high)};
    Json& sigma = out["sigma"] = Json::array();
    Json& x = out["x"] = Json::array();
    for (const auto& point : branch.points) {
        sigma.push_back(std::exp(point.tau));
        x.push_back(json_of(point.x));
    }
    return out;
}

Json described(const BranchDiagram& diagram) {
    Json out;
    out["complete"] = diagram.complete;
    if (!diagram.complete) out["doubt"] = diagram.doubt;
    Json& stretches = out["stretches"] = Json::array();
    for (const auto& stretch : diagram.stretches) {
        stretches.push_back({{"sigma", {std::exp(stretch.tau_low), std::exp(stretch.tau_high)}},
                             {"modes", stretch.modes},
                             {"euler_sum", stretch.euler_sum}});
    }
    Json& points = out["special_points"] = Json::array();
    for (const auto& point : diagram.special_points) points.push_back(described(point));
    Json& branches = out["branches"] = Json::array();
    for (const auto& branch : diagram.branches) branches.push_back(described(branch, diagram));
    return out;
}

}  // namespace

Command branches_command() {
    CommandSpec spec;
    spec.name = "branches";
    spec.summary = "branches of stationary points of one distribution against sigma and their bifurcations, as JSON";
    spec.description =
        "Follows the stationary points x = m(x; sigma) as sigma changes, through folds and from bifurcation to "
        "bifurcation.\n"
        "A branch has one index and ends at a special point or at an end of the range; ended_because and "
        "special_points tell\n"
        "of its ends at lower and at higher sigma. special_points come in the order of generation, from high sigma to "
        "low:\n"
        "fold, pitchfork_supercritical, pitchfork_subcritical, transcritical or multiple (null_space of more than one\n"
        "direction). stretches between them tell modes and Euler sums; complete: all sums are 1 and nothing was "
        "lost.\n\n"
        "  sigmaflow branches toy.toml --distribution ring --set distribution.ring.count=4";
    spec.positionals = {{"STUDY", "study file (TOML)"}};
    spec.options = {{"distribution", "NAME", "label of the distribution (default: the only one)"},
                    {"sigma-min", "A", "lower end (default: a hundredth of the upper)"},
                    {"sigma-max", "B", "upper end (default: where p_sigma has one mode)"},
                    {"set", "ADDRESS=VALUE", "change one value of the study; may be repeated", '\0', false, true}};
    return {spec, [](const Arguments& arguments) {
                const auto chosen = choose_distribution(arguments);
                const StreamKey key{chosen.inputs.study.seed, chosen.choice.id};
                const double high = arguments.has("sigma-max") ? arguments.real_or("sigma-max", 1.0, 0.0)
                                                               : unimodal_sigma(*chosen.distribution, key);
                const double low = arguments.real_or("sigma-min", 0.01 * high, 0.0);
                if (!(low > 0.0 && low < high)) {
                    throw InputError(fmt::format("sigma would run from {} to {}", high, low),
                                     "it runs from higher to lower", "give 0 < --sigma-min < --sigma-max");
                }
                print_json(described(trace_branches(*chosen.distribution, low, high, key)));
                return ExitCode::done;
            }};
}

}  // namespace sigmaflow
