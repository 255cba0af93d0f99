#include "common_parameters.hpp"
#include "kinds.hpp"
#include "sigmaflow/schedule/spacing.hpp"
#include "sigmaflow/schedule/table_schedule.hpp"

namespace sigmaflow {
namespace {

std::vector<Parameter> table_parameters() {
    std::vector<Parameter> out = {
        {"file", Type::text, std::nullopt, "CSV of t, s, sigma, or of t, sigma, or of sigma alone"},
        {"t", Type::reals, std::nullopt, "the table given here: times; default ln sigma"},
        {"s", Type::reals, std::nullopt, "scales; default 1"},
        {"sigma", Type::reals, std::nullopt, "noise levels, increasing with t"}};
    out.front().is_path = true;
    for (auto& parameter : spacing_parameters()) out.push_back(std::move(parameter));
    return out;
}

std::vector<double> column(const Parameters& p, const char* name) {
    return p.has(name) ? p.reals(name) : std::vector<double>();
}

std::unique_ptr<Schedule> table(const Parameters& p) {
    const bool inlined = p.has("t") || p.has("s") || p.has("sigma");
    if (p.has("file") == inlined) {
        throw InputError(p.where(), "a table schedule needs either 'file' or the list 'sigma' (with 't' and 's')",
                         p.has("file") ? "both are given" : "none is given");
    }
    if (p.has("file")) {
        return std::make_unique<TableSchedule>(read_schedule_table(p.text("file"), p.where("file")), p.where("file"));
    }
    if (!p.has("sigma")) throw p.error("sigma", "a table schedule needs it");
    ScheduleTable rows{column(p, "t"), column(p, "s"), column(p, "sigma")};
    return std::make_unique<TableSchedule>(complete_table(std::move(rows)), p.where("sigma"));
}

}  // namespace

void add_given_kinds(Registry<ScheduleFactory>& registry) {
    registry.add({"table", "t, s, sigma, or sigmas alone, from a CSV file or lists, interpolated monotonically",
                  with_common_of_table(table_parameters())},
                 table);
}

}  // namespace sigmaflow
