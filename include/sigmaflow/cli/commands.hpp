#pragma once
/// \file
/// The commands of the program. Each is one file in src/cli.

#include <functional>
#include <vector>

#include "sigmaflow/cli/command_line.hpp"
#include "sigmaflow/core/status.hpp"

namespace sigmaflow {

struct Command {
    CommandSpec spec;
    std::function<ExitCode(const Arguments&)> run;
};

[[nodiscard]] Command run_command();
[[nodiscard]] Command plan_command();
[[nodiscard]] Command submit_command();
[[nodiscard]] Command status_command();
[[nodiscard]] Command verify_command();
[[nodiscard]] Command diff_command();
[[nodiscard]] Command aggregate_command();
[[nodiscard]] Command eval_command();
[[nodiscard]] Command modes_command();
[[nodiscard]] Command branches_command();
[[nodiscard]] Command trace_command();
[[nodiscard]] Command list_command();
[[nodiscard]] Command example_command();

/// All of them, in the order of the help page.
[[nodiscard]] std::vector<Command> all_commands();

/// The whole program behind main(): finds the command, runs it, prints errors on standard error.
[[nodiscard]] ExitCode run_program(const std::vector<std::string>& words);

}  // namespace sigmaflow
