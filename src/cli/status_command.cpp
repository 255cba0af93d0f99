#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <map>

#include "session_report.hpp"
#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/cli/json.hpp"
#include "sigmaflow/core/printable.hpp"
#include "sigmaflow/run/progress.hpp"
#include "sigmaflow/store/reader.hpp"

namespace sigmaflow {
namespace {

struct RankShare {
    std::int64_t tasks = 0;
    double seconds = 0.0;
    double wait_seconds = 0.0;
};

struct Failure {
    std::size_t task = 0;
    std::string message;
    std::string part;  ///< which part of which analysis; empty for a block of particles
};

struct Summary {
    Part part;
    std::int64_t total = 0, done = 0, failed = 0;  ///< of the part
    std::int64_t parts = 0, parts_done = 0;        ///< of analyses, counted above as well
    double cost_left = 0.0;                        ///< predicted
    double tasks_per_second = 0.0;                 ///< of the last session
    double remaining_seconds = 0.0;                ///< NaN if nothing tells
    std::map<std::uint32_t, RankShare> ranks;      ///< of the last session
    std::vector<Failure> failures;
};

/// The text of a column of the points table, or empty.
std::string text_at(const Layout& layout, const std::string& column, std::int64_t point) {
    for (const auto& candidate : layout.tables.front().columns) {
        if (candidate.name != column) continue;
        return std::get<std::vector<std::string>>(candidate.values).at(static_cast<std::size_t>(point));
    }
    return {};
}

/// "analysis modes of ring, level 3"
std::string part_name(const Layout& layout, const TaskPlace& place) {
    const Group& group = layout.groups[place.group];
    if (group.analysis.empty()) return {};
    return fmt::format("analysis {} of {}, {} {}", text_at(layout, "analysis", place.point),
                       text_at(layout, "distribution", place.point), group.part_axis, place.block);
}

Summary summarise(const StoreReader& reader) {
    Summary out;
    const auto tasks = reader.tasks();
    const auto& places = reader.layout().tasks;
    const auto session = static_cast<std::uint32_t>(std::max<std::size_t>(reader.sessions().size(), 1) - 1);
    double latest = 0.0;
    double cost_done = 0.0;
    std::int64_t finished = 0;
    out.part = reader.layout().part;
    const auto mine = reader.layout().tasks_of_part();
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const TaskState& task = tasks[i];
        if (!mine[i]) continue;
        ++out.total;
        const bool is_part = !reader.layout().groups[places[i].group].analysis.empty();
        if (is_part) ++out.parts;
        if (is_part && task.status == TaskStatus::done) ++out.parts_done;
        if (task.status == TaskStatus::pending) {
            out.cost_left += places[i].predicted_seconds;
            continue;
        }
        if (task.status == TaskStatus::done) ++out.done;
        if (task.status == TaskStatus::failed) {
            ++out.failed;
            out.failures.push_back({i, task.message, part_name(reader.layout(), places[i])});
        }
        if (task.session != session || task.seconds == 0.0) continue;  // taken over by --reuse
        RankShare& share = out.ranks[task.rank];
        ++share.tasks;
        share.seconds += task.seconds;
        share.wait_seconds += task.wait_seconds;
        ++finished;
        cost_done += places[i].predicted_seconds;
        latest = std::max(latest, task.start_seconds + task.seconds);
    }
    if (latest > 0.0) out.tasks_per_second = static_cast<double>(finished) / latest;
    out.remaining_seconds = cost_done > 0.0 ? latest * out.cost_left / cost_done : std::nan("");
    return out;
}

Json as_json(const Summary& summary) {
    Json ranks = Json::array();
    for (const auto& [rank, share] : summary.ranks) {
        ranks.push_back(
            {{"rank", rank}, {"tasks", share.tasks}, {"seconds", share.seconds}, {"wait_seconds", share.wait_seconds}});
    }
    Json failures = Json::array();
    for (const auto& failure : summary.failures) {
        failures.push_back({{"task", failure.task}, {"message", failure.message}, {"part", failure.part}});
    }
    return {{"part", summary.part.text()},
            {"total", summary.total},
            {"done", summary.done},
            {"failed", summary.failed},
            {"pending", summary.total - summary.done - summary.failed},
            {"tasks_per_second", summary.tasks_per_second},
            {"remaining_seconds", summary.remaining_seconds},
            {"ranks", ranks},
            {"failures", failures},
            {"analysis_parts", summary.parts},
            {"analysis_parts_done", summary.parts_done}};
}

void print_text(const Summary& summary) {
    const std::int64_t pending = summary.total - summary.done - summary.failed;
    if (!summary.part.is_whole()) fmt::print("part {} of a study: ", summary.part.text());
    fmt::print("{} of {} tasks done, {} failed, {} pending\n", summary.done, summary.total, summary.failed, pending);
    if (summary.parts > 0) fmt::print("of these {} of {} parts of analyses done\n", summary.parts_done, summary.parts);
    if (summary.tasks_per_second > 0.0) fmt::print("{:.3g} tasks/s in the last session", summary.tasks_per_second);
    if (pending > 0 && std::isfinite(summary.remaining_seconds)) {
        fmt::print(", about {} left at that rate", readable_seconds(summary.remaining_seconds));
    }
    fmt::print("\n");
    for (const auto& [rank, share] : summary.ranks) {
        fmt::print("  rank {:<4} {:>7} tasks {:>10.2f} s of work {:>8.2f} s without\n", rank, share.tasks,
                   share.seconds, share.wait_seconds);
    }
    for (const auto& failure : summary.failures) {
        const std::string part = failure.part.empty() ? "" : " (" + failure.part + ")";
        fmt::print("  task {}{} failed: {}\n", failure.task, printable(part), printable(failure.message));
    }
}

}  // namespace

Command status_command() {
    CommandSpec spec;
    spec.name = "status";
    spec.summary = "how far a result file is; also while a job writes it";
    spec.description =
        "Done and failed tasks, the rate and the time left (by predicted cost), the share of every rank, and which "
        "job\n"
        "writes the file or wrote it last.\n\n"
        "  sigmaflow status out.h5";
    spec.positionals = {{"OUT.h5", "result file"}};
    spec.options = {{"json", "", "as JSON"}};
    return {spec, [](const Arguments& arguments) {
                const StoreReader reader(arguments.text("OUT.h5"));
                const Summary summary = summarise(reader);
                if (arguments.has("json")) {
                    Json page = as_json(summary);
                    page["writer"] = writer_json(reader.path());
                    page["sessions"] = sessions_json(reader);
                    print_json(page);
                } else {
                    print_text(summary);
                    print_sessions(reader);
                }
                return ExitCode::done;
            }};
}

}  // namespace sigmaflow
