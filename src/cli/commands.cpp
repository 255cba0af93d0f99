#include "sigmaflow/cli/commands.hpp"

#include <fmt/format.h>
#include <cstdio>

#include "sigmaflow/core/printable.hpp"
#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/numerics/reproducible.hpp"
#include "sigmaflow/run/fingerprint.hpp"

namespace sigmaflow {
namespace {

void print_overview(const std::vector<Command>& commands) {
    fmt::print(
        "sigmaflow: how diffusion models generate, on data whose ideal denoiser is known exactly\n\n"
        "usage: sigmaflow COMMAND ...\n\n");
    for (const auto& command : commands) fmt::print("  {:<10} {}\n", command.spec.name, command.spec.summary);
    fmt::print(
        "\n'sigmaflow COMMAND --help' teaches a command. A first result:\n\n"
        "  sigmaflow example toy > toy.toml\n"
        "  sigmaflow run toy.toml -o toy.h5 --preview\n"
        "  sigmaflow status toy.h5\n");
}

void complain(const std::string& message) { fmt::print(stderr, "sigmaflow: {}\n", printable(message)); }

ExitCode dispatch(const Command& command, const std::vector<std::string>& words) {
    const Arguments arguments = parse_arguments(command.spec, words);
    if (arguments.has("help")) {
        fmt::print("{}", help_text(command.spec));
        return ExitCode::done;
    }
    return command.run(arguments);
}

}  // namespace

std::vector<Command> all_commands() {
    return {run_command(),      plan_command(),      submit_command(), status_command(), verify_command(),
            diff_command(),     aggregate_command(), eval_command(),   trace_command(),  modes_command(),
            branches_command(), list_command(),      example_command()};
}

ExitCode run_program(const std::vector<std::string>& words) {
    pin_numerics();
    const auto commands = all_commands();
    if (words.empty() || words.front() == "--help" || words.front() == "-h" || words.front() == "help") {
        print_overview(commands);
        return words.empty() ? ExitCode::usage : ExitCode::done;
    }
    if (words.front() == "--version") {
        fmt::print("sigmaflow {}\n", program_version());
        for (const auto& [name, value] : numerics_fingerprint()) fmt::print("  {:<8} {}\n", name, value);
        return ExitCode::done;
    }
    std::vector<std::string> names;
    try {
        for (const auto& command : commands) {
            if (command.spec.name == words.front()) return dispatch(command, {words.begin() + 1, words.end()});
            names.push_back(command.spec.name);
        }
        throw InputError("unknown command '" + words.front() + "'", "known: " + joined(names),
                         suggest(words.front(), names));
    } catch (const InputError& error) {
        complain(error.what());
        return ExitCode::usage;
    } catch (const std::exception& error) {
        complain(error.what());
        return ExitCode::failed;
    }
}

}  // namespace sigmaflow
