#include "common_parameters.hpp"
#include "kinds.hpp"
#include "sigmaflow/schedule/expression_schedule.hpp"
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

Parameter formula(const char* name, const char* meaning) { return {name, Type::text, std::nullopt, meaning}; }

std::vector<Parameter> expression_parameters() {
    Parameter t_min{"t_min", Type::real, Value(0.0), "where t begins, the end of low noise"};
    Parameter t_max{"t_max", Type::real, Value(1.0), "where t ends, the end of high noise"};
    Parameter sigma_start{"sigma_start", Type::real, Value(0.0), "sigma at t_min, with f and g"};
    sigma_start.least = 0.0;
    return {formula("sigma", "noise level, a formula of t"),
            formula("s", "scale, a formula of t; default 1"),
            formula("g", "diffusion of dy = f y dt + g dW, a formula of t"),
            formula("f", "its drift, a formula of t; default 0"),
            t_min,
            t_max,
            positive_parameter("s_start", 1.0, "s at t_min, with f and g"),
            sigma_start};
}

Expression formula_of(const Parameters& p, const char* name, const char* fallback) {
    return {p.has(name) ? p.text(name) : fallback, {"t"}, p.where(name)};
}

std::unique_ptr<Schedule> expression(const Parameters& p) {
    const bool scales = p.has("sigma") || p.has("s");
    const bool coefficients = p.has("g") || p.has("f");
    if (scales == coefficients) {
        throw InputError(p.where(), "an expression schedule needs either 'sigma' (with 's') or 'g' (with 'f')",
                         scales ? "both are given" : "none is given");
    }
    if (p.real("t_max") <= p.real("t_min")) throw p.error("t_max", "it must be greater than t_min");
    const TimeRange range{p.real("t_min"), p.real("t_max")};
    if (scales) {
        if (!p.has("sigma")) throw p.error("sigma", "'s' alone is no schedule");
        return std::make_unique<ScaleFormulaSchedule>(formula_of(p, "s", "1"), formula_of(p, "sigma", ""), range,
                                                      p.where("sigma"));
    }
    if (!p.has("g")) throw p.error("g", "'f' alone is no schedule");
    return std::make_unique<CoefficientFormulaSchedule>(formula_of(p, "f", "0"), formula_of(p, "g", ""), range,
                                                        Scale{p.real("s_start"), p.real("sigma_start")}, p.where("g"));
}

}  // namespace

void add_given_kinds(Registry<ScheduleFactory>& registry) {
    registry.add({"table", "t, s, sigma, or sigmas alone, from a CSV file or lists, interpolated monotonically",
                  with_common_of_table(table_parameters())},
                 table);
    registry.add({"expression", "formulas of t: sigma and s, or the coefficients g and f",
                  with_common(expression_parameters(), "own", {})},
                 expression);
}

}  // namespace sigmaflow
