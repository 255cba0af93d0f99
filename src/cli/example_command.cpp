#include <fmt/format.h>

#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/cli/examples.hpp"
#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {

Command example_command() {
    CommandSpec spec;
    spec.name = "example";
    spec.summary = "print a small commented study to start from";
    spec.description = "Known examples: " + joined(example_names()) + ".\n\n  sigmaflow example toy > toy.toml";
    spec.positionals = {{"NAME", "which example"}};
    return {spec, [](const Arguments& arguments) {
                fmt::print("{}", example_study(arguments.text("NAME")));
                return ExitCode::done;
            }};
}

}  // namespace sigmaflow
