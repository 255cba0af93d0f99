#include "sigmaflow/store/verify.hpp"

#include <fmt/format.h>
#include <memory>

#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/core/printable.hpp"
#include "sigmaflow/store/lock.hpp"

namespace sigmaflow {

Command verify_command() {
    CommandSpec spec;
    spec.name = "verify";
    spec.summary = "check every row checksum and invariant of a result file";
    spec.description =
        "Reads the whole file. First its header and the digest of its metadata, then the checksum of every row of "
        "every\n"
        "finished task, then what must hold between them (counts, histograms, decreasing sigmas). Names what is "
        "damaged.\n\n"
        "  sigmaflow verify out.h5\n"
        "  sigmaflow verify out.h5 --repair; sigmaflow run study.toml -o out.h5 --resume\n\n"
        "Exit codes: 0 intact, 1 damaged (repaired or not), 2 not a result file of this version, or not to be "
        "repaired.";
    spec.positionals = {{"OUT.h5", "result file"}};
    spec.options = {{"repair", "", "mark damaged tasks as pending, so that run --resume computes them again"}};
    return {spec, [](const Arguments& arguments) {
                const std::string& path = arguments.text("OUT.h5");
                VerifyReport report = verify_store(path);
                std::unique_ptr<StoreLock> lock;
                if (arguments.has("repair") && !report.damage.empty()) {
                    lock = std::make_unique<StoreLock>(path, "");
                    report = verify_store(path);  // nobody changes it any more
                }
                for (const auto& damage : report.damage)
                    fmt::print("{}\n", printable(damage.where + ": " + damage.what));
                fmt::print("{}: {} tasks, {} done, {} failed, {} pending, {} problem{}\n", printable(path),
                           report.tasks, report.done, report.failed, report.pending, report.damage.size(),
                           report.damage.size() == 1 ? "" : "s");
                if (report.damage.empty()) return ExitCode::done;
                if (lock) {
                    fmt::print("{} tasks are pending again\n", repair_store(path, report));
                } else {
                    fmt::print(stderr, "sigmaflow: {}\n", way_out(report));
                }
                return ExitCode::failed;
            }};
}

}  // namespace sigmaflow
