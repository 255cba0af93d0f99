#include "sigmaflow/store/diff.hpp"

#include <fmt/format.h>

#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/core/printable.hpp"

namespace sigmaflow {

Command diff_command() {
    CommandSpec spec;
    spec.name = "diff";
    spec.summary = "compare the results of two files, bit by bit or to a tolerance";
    spec.description =
        "Compares what was computed, not when, where or by how many: points by their identity, then every row that is\n"
        "done in either file. A file computed by other numerics (build, CPU, libraries) is named first.\n\n"
        "  sigmaflow diff a.h5 b.h5\n"
        "  sigmaflow diff a.h5 b.h5 --rtol 1e-12\n\n"
        "Exit codes: 0 equal, 1 different.";
    spec.positionals = {{"A.h5", "result file"}, {"B.h5", "result file"}};
    spec.options = {{"rtol", "R", "relative tolerance of numbers (default 0: the same bits)"}};
    return {spec, [](const Arguments& arguments) {
                const auto differences =
                    diff_stores(arguments.text("A.h5"), arguments.text("B.h5"), arguments.real_or("rtol", 0.0, 0.0));
                for (const auto& difference : differences) fmt::print("{}\n", printable(difference));
                return differences.empty() ? ExitCode::done : ExitCode::failed;
            }};
}

}  // namespace sigmaflow
