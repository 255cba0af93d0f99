#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/cli/json.hpp"
#include "sigmaflow/cli/one_point.hpp"
#include "sigmaflow/dynamics/trajectory.hpp"
#include "sigmaflow/study/select.hpp"

namespace sigmaflow {
namespace {

/// The study with only what a trace shows, at every sigma of the grid.
Study traced(const Study& study) {
    Study out = study;
    out.levels = {};
    out.levels.every_grid_sigma = true;
    out.quantities.clear();
    for (const char* name : {"positions", "spectrum", "log_density"}) out.quantities.push_back({name, {}});
    return out;
}

Eigen::VectorXd recorded(const BlockBuffer& buffer, std::size_t field, int level) {
    Eigen::VectorXd out(buffer.fields()[field].components);
    for (int i = 0; i < out.size(); ++i) out[i] = buffer.values(field, level, i).front();
    return out;
}

Json trace(const PointModel& model, const Eigen::VectorXd& start) {
    const auto levels = static_cast<int>(model.levels.sigma.size());
    BlockBuffer buffer(model.fields(), levels, 1);
    TrajectoryRunner(model).run_from(start.replicate(1, kTileWidth), 1, buffer);
    Json steps = Json::array();
    for (int level = 0; level < levels; ++level) {
        Json step;
        step["sigma"] = model.levels.sigma[static_cast<std::size_t>(level)];
        step["x"] = json_of(recorded(buffer, 0, level));
        step["jacobian_eigenvalues"] = json_of(recorded(buffer, 1, level));
        step["log_density"] = buffer.values(2, level, 0).front();
        steps.push_back(std::move(step));
    }
    return {{"steps", std::move(steps)}};
}

}  // namespace

Command trace_command() {
    CommandSpec spec;
    spec.name = "trace";
    spec.summary = "one trajectory with its Jacobian spectrum, as JSON";
    spec.description =
        "Starts at --from at the grid's first sigma and prints steps: sigma, x, jacobian_eigenvalues and log_density "
        "at\n"
        "every positive sigma of the grid.\n\n"
        "  sigmaflow trace toy.toml --distribution ring --schedule edm --solver heun --from 30,-12";
    spec.positionals = {{"STUDY", "study file (TOML)"}};
    Option from{"from", "X1,X2,..", "the starting point at the first sigma, or @FILE with its numbers"};
    from.required = true;
    spec.options = {{"distribution", "NAME", "label of the distribution (default: the only one)"},
                    {"schedule", "NAME", "label of the schedule (default: the only one)"},
                    {"solver", "NAME", "label of the solver (default: the only one)"},
                    from,
                    {"set", "ADDRESS=VALUE", "change one value of the study; may be repeated", '\0', false, true}};
    return {spec, [](const Arguments& arguments) {
                const auto chosen = choose_distribution(arguments);
                const Study& study = chosen.inputs.study;
                Point point;
                point.distribution = chosen.choice;
                point.schedule = select_one(study, "schedule", arguments.text_or("schedule", ""));
                point.solver = select_one(study, "solver", arguments.text_or("solver", ""));
                const ScheduledGrid scheduled = build_grid(point.schedule, *chosen.distribution);
                const PointModel model = build_model(traced(study), point, chosen.distribution, scheduled);
                const std::string mismatch = model.mismatch();
                if (!mismatch.empty()) throw InputError("this trajectory cannot be traced", mismatch);
                if (!model.solver->traits().follows_flow) {
                    throw InputError("solver '" + point.solver.label + "' follows no flow", {}, "choose another");
                }
                print_json(trace(model, read_position(arguments, "from", model.dim())));
                return ExitCode::done;
            }};
}

}  // namespace sigmaflow
