#include "sigmaflow/run/open_result.hpp"

#include <fmt/format.h>

#include "fingerprint_change.hpp"
#include "sigmaflow/core/error.hpp"
#include "sigmaflow/store/create.hpp"
#include "sigmaflow/store/output.hpp"
#include "sigmaflow/store/reader.hpp"
#include "sigmaflow/store/verify.hpp"

namespace sigmaflow {
namespace {

/// Which line of the study's text changed first.
std::string changed_line(const std::string& before, const std::string& now) {
    std::size_t line = 1;
    for (std::size_t i = 0; i < std::min(before.size(), now.size()) && before[i] == now[i]; ++i) {
        if (before[i] == '\n') ++line;
    }
    return before == now ? "the --set assignments or --preview changed" : fmt::format("its line {} changed", line);
}

/// Identities of all points, which depend on the contents of the files that a study reads.
std::vector<std::uint64_t> point_ids(const Layout& layout) {
    for (const auto& column : layout.tables.front().columns) {
        if (column.name == "id") return std::get<std::vector<std::uint64_t>>(column.values);
    }
    return {};
}

std::vector<TaskStatus> resume(const RunOptions& options, const Layout& layout) {
    const VerifyReport report = verify_store(options.output);
    if (!report.damage.empty()) {
        throw InputError(options.output + " is damaged",
                         report.damage.front().where + ": " + report.damage.front().what, way_out(report));
    }
    const StoreReader reader(options.output);
    const Layout& stored = reader.layout();
    if (stored.study_hash != layout.study_hash) {
        throw InputError("the study is not the one that " + options.output + " was started with",
                         changed_line(stored.study_text, layout.study_text), "restore it, or write to another file");
    }
    const std::string numerics = first_change(stored.fingerprint, layout.fingerprint);
    if (!numerics.empty()) {
        throw InputError(options.output + " was computed by other numerics, so resuming would mix bits", numerics,
                         "resume with the same build on the same kind of CPU, or write to another file");
    }
    if (stored.part.text() != layout.part.text()) {
        throw InputError(fmt::format("{} is for part {} of the study, not for part {}", options.output,
                                     stored.part.text(), layout.part.text()),
                         {}, "give every part a file of its own");
    }
    if (point_ids(stored) != point_ids(layout) || stored.tasks.size() != layout.tasks.size()) {
        throw InputError("the points of the study are not those that " + options.output + " was started with",
                         "a file that the study reads has changed", "restore it, or write to another file");
    }
    return reader.statuses();
}

}  // namespace

std::vector<TaskStatus> open_result(const RunOptions& options, const Layout& layout) {
    const bool exists = is_occupied(options.output);
    if (exists && options.resume) return resume(options, layout);
    if (exists && !options.overwrite) {
        throw InputError(options.output + " is already there", {},
                         "continue it with --resume, replace it with --overwrite, or choose another -o");
    }
    require_replaceable_by_result(options.output);
    create_store(options.output, layout);
    return std::vector<TaskStatus>(layout.tasks.size(), TaskStatus::pending);
}

}  // namespace sigmaflow
