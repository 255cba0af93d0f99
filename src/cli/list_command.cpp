#include <fmt/format.h>

#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/distribution/registry.hpp"
#include "sigmaflow/dynamics/registry.hpp"
#include "sigmaflow/schedule/registry.hpp"
#include "sigmaflow/stability/registry.hpp"

namespace sigmaflow {
namespace {

std::string default_text(const Parameter& parameter) {
    if (parameter.required) return "required";
    return parameter.fallback ? "default " + parameter.fallback->shown() : "optional";
}

void print_kind(const Kind& kind) {
    fmt::print("{}\n    {}\n", kind.name, kind.meaning);
    for (const auto& parameter : kind.parameters) {
        fmt::print("      {:<14} {} ({}; {})\n", parameter.name, parameter.meaning, parameter.range(),
                   default_text(parameter));
    }
}

template <class Factory>
void print_registry(const Registry<Factory>& registry) {
    for (const auto& name : registry.names()) print_kind(registry.at(name).kind);
}

void print_room(const std::string& room) {
    const std::vector<std::string> rooms = {"distributions", "schedules",   "grids",
                                            "solvers",       "observables", "analyses"};
    if (room == "distributions") return print_registry(distributions());
    if (room == "schedules") return print_registry(schedules());
    if (room == "grids") return print_registry(grids());
    if (room == "solvers") return print_registry(solvers());
    if (room == "observables") return print_registry(observables());
    if (room == "analyses") return print_registry(analyses());
    throw InputError("unknown room '" + room + "'", "known: " + joined(rooms), suggest(room, rooms));
}

}  // namespace

Command list_command() {
    CommandSpec spec;
    spec.name = "list";
    spec.summary = "every kind with its parameters, defaults and meaning";
    spec.description =
        "Rooms: distributions, schedules, grids, solvers, observables, analyses.\n\n"
        "  sigmaflow list distributions";
    spec.positionals = {{"ROOM", "what to list"}};
    return {spec, [](const Arguments& arguments) {
                print_room(arguments.text("ROOM"));
                return ExitCode::done;
            }};
}

}  // namespace sigmaflow
