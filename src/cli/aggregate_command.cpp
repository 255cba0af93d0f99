#include "sigmaflow/store/aggregate.hpp"

#include <fmt/format.h>

#include "sigmaflow/cli/commands.hpp"

namespace sigmaflow {

Command aggregate_command() {
    CommandSpec spec;
    spec.name = "aggregate";
    spec.summary = "merge blocks (and files) into statistics per point";
    spec.description =
        "Means with standard errors, variances, extremes, histograms and quantiles of every quantity at every point "
        "and\n"
        "level, merged over blocks in their order, so the summary is repeatable bit for bit. Several files are merged "
        "if\n"
        "they are parts of one study and do not overlap.\n\n"
        "  sigmaflow aggregate out.h5 -o summary.h5";
    spec.positionals = {{"IN.h5", "result files", true}};
    Option output{"output", "SUMMARY.h5", "summary file; replaced if it is there", 'o'};
    output.required = true;
    spec.options = {output};
    return {spec, [](const Arguments& arguments) {
                aggregate_stores(arguments.texts("IN.h5"), arguments.text("output"));
                return ExitCode::done;
            }};
}

}  // namespace sigmaflow
