#include <fmt/format.h>

#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/cli/json.hpp"
#include "sigmaflow/core/hash.hpp"
#include "sigmaflow/parallel/node_resources.hpp"
#include "sigmaflow/run/forecast.hpp"
#include "sigmaflow/run/inputs.hpp"
#include "sigmaflow/run/limits.hpp"
#include "sigmaflow/run/progress.hpp"
#include "sigmaflow/run/result_layout.hpp"
#include "sigmaflow/study/idle_axes.hpp"

namespace sigmaflow {
namespace {

Json axes_json(const std::vector<std::pair<std::string, Value>>& axes) {
    Json out = Json::object();
    for (const auto& [address, value] : axes) {
        out[address] =
            value.is_number() ? Json(value.number()) : Json(value.is_text() ? value.text() : value.canonical());
    }
    return out;
}

Json point_json(const Plan& plan, std::size_t i) {
    const Point& point = plan.points[i];
    return {{"id", hex(point.id)},
            {"distribution", point.distribution.label},
            {"schedule", point.schedule.label},
            {"solver", point.solver.label},
            {"dim", plan.models[i].dim()},
            {"axes", axes_json(point.axes)}};
}

Json analysis_json(const PlannedAnalysis& planned) {
    const AnalysisPoint& point = planned.point;
    Work work;
    for (int part = 0; part < planned.parts; ++part) work += planned.analysis->cost(*planned.distribution, part);
    return {{"id", hex(point.id)},
            {"analysis", point.analysis.label},
            {"distribution", point.distribution.label},
            {"dim", planned.distribution->dim()},
            {"parts", planned.parts},
            {"core_seconds", predicted_seconds(work)},
            {"axes", axes_json(point.axes)}};
}

/// This node, if all ranks were on it.
NodeShare here(const std::string& output, int ranks) { return {ranks, available_memory(), available_disk(output)}; }

void print_text(const Study& study, const Plan& plan, const Forecast& cost, int ranks, int threads) {
    std::size_t parts = 0;
    for (const auto& planned : plan.analyses) parts += static_cast<std::size_t>(planned.parts);
    if (plan.points.empty()) {
        fmt::print("study {}: no points of solvers\n", study.name);
    } else {
        fmt::print("study {}: {} points, {} tasks of at most {} particles, {} shapes\n", study.name, plan.points.size(),
                   plan.tasks.size() - parts, plan.block, plan.groups.size());
    }
    for (const auto& group : plan.groups) fmt::print("  {:<24} {} points\n", group.name, group.points.size());
    if (parts > 0) {
        fmt::print("{} analys{} of distributions, {} tasks\n", plan.analyses.size(),
                   plan.analyses.size() == 1 ? "is" : "es", parts);
    }
    for (const auto& group : plan.analysis_groups) {
        fmt::print("  {:<24} {} distribution{} x {} {}{}\n", group.name, group.analyses.size(),
                   group.analyses.size() == 1 ? "" : "s", group.parts, group.part_axis, group.parts == 1 ? "" : "s");
    }
    fmt::print("predicted work      {} on one core (nominal rates)\n", readable_seconds(cost.core_seconds));
    fmt::print("on {} rank{} x {} thread{}  {}, efficiency {:.0f} %\n", ranks, ranks == 1 ? "" : "s", threads,
               threads == 1 ? "" : "s", readable_seconds(cost.makespan), 100.0 * cost.efficiency);
    fmt::print("result file         {}\n", readable_bytes(cost.file_bytes));
    fmt::print("memory per rank     about {}\n", readable_bytes(cost.memory_bytes));
    for (const auto& limit : exceeded_limits(cost, here(study.name + ".h5", ranks))) {
        fmt::print("does not fit here   {}\n", limit);
    }
    for (const auto& address : idle_axes(plan)) {
        fmt::print("no effect           {}: all its values give the same {}\n", address,
                   address.starts_with("distribution") ? "law" : "grid");
    }
}

}  // namespace

Command plan_command() {
    CommandSpec spec;
    spec.name = "plan";
    spec.summary = "points, tasks and predicted cost of a study, without running it";
    spec.description =
        "Checks the study as 'run' would, then says what it comes to: points, tasks, work, memory, file size, and "
        "sweep\n"
        "axes that change nothing (as the offset of planes that normalize = \"identity\" undoes).\n\n"
        "  sigmaflow plan study.toml --ranks 16 --threads 4";
    spec.positionals = {{"STUDY", "study file (TOML)"}};
    spec.options = {{"ranks", "R", "simulate on R ranks (default 1)"},
                    {"threads", "T", "with T threads each (default 1)"},
                    {"set", "ADDRESS=VALUE", "change one value of the study; may be repeated", '\0', false, true},
                    {"json", "", "everything as JSON, each point included"}};
    return {spec, [](const Arguments& arguments) {
                const int ranks = arguments.integer_or("ranks", 1, 1);
                const int threads = arguments.integer_or("threads", 1, 1);
                const auto inputs = read_inputs(arguments.text("STUDY"), arguments.texts("set"));
                const Plan plan = make_plan(inputs.study, inputs.catalog);
                const Forecast cost = forecast(plan, make_layout(inputs.study, plan), ranks, threads);
                if (!arguments.has("json")) {
                    print_text(inputs.study, plan, cost, ranks, threads);
                    return ExitCode::done;
                }
                Json points = Json::array();
                Json analyses = Json::array();
                for (const auto& planned : plan.analyses) analyses.push_back(analysis_json(planned));
                for (std::size_t i = 0; i < plan.points.size(); ++i) points.push_back(point_json(plan, i));
                print_json({{"study", inputs.study.name},
                            {"tasks", plan.tasks.size()},
                            {"core_seconds", cost.core_seconds},
                            {"ranks", ranks},
                            {"threads", threads},
                            {"makespan_seconds", cost.makespan},
                            {"efficiency", cost.efficiency},
                            {"file_bytes", cost.file_bytes},
                            {"memory_bytes_per_rank", cost.memory_bytes},
                            {"exceeded_limits", exceeded_limits(cost, here(inputs.study.name + ".h5", ranks))},
                            {"idle_axes", idle_axes(plan)},
                            {"points", points},
                            {"analyses", analyses}});
                return ExitCode::done;
            }};
}

}  // namespace sigmaflow
