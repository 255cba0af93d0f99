#include "sigmaflow/schedule/registry.hpp"

#include "sigmaflow/schedule/course.hpp"
#include "sigmaflow/schedule/schedules.hpp"
#include "sigmaflow/schedule/table_schedule.hpp"

namespace sigmaflow {
namespace {

Parameter sigma_end(const char* name, std::optional<double> fallback, const char* meaning) {
    Parameter parameter{name, Type::real, std::nullopt, meaning};
    if (fallback) parameter.fallback = Value(*fallback);
    parameter.least = 0.0;
    parameter.least_excluded = true;
    return parameter;
}

/// What every schedule takes: the choice of grid and of the way along it.
std::vector<Parameter> with_grid(std::vector<Parameter> own, const char* grid, std::optional<double> sigma_min,
                                 std::optional<double> sigma_max) {
    own.push_back({"grid", Type::text, Value(grid), "rule for the sigmas that a solver steps through", false});
    own.back().allowed = grids().names();
    own.push_back(sigma_end("sigma_min", sigma_min, "last positive sigma; default: the schedule's own end"));
    own.push_back(sigma_end("sigma_max", sigma_max, "first sigma; default: the schedule's own end"));
    Parameter steps{"steps", Type::integer, Value(18), "number of positive sigmas, ends included"};
    steps.least = 2;
    steps.most = 1e6;
    own.push_back(steps);
    own.push_back({"final_zero", Type::boolean, Value(false), "take a last step to sigma = 0, which is x = m"});
    Parameter rho{"rho", Type::real, Value(7.0), "exponent of the grid 'rho'"};
    rho.least = 0.0;
    rho.least_excluded = true;
    own.push_back(rho);
    Parameter sigmas{"sigmas", Type::reals, std::nullopt, "the sigmas of the grid 'list', decreasing"};
    sigmas.least = 0.0;
    sigmas.least_excluded = true;
    own.push_back(sigmas);
    for (auto& parameter : course_parameters()) own.push_back(std::move(parameter));
    return own;
}

std::vector<Parameter> beta_parameters() {
    std::vector<Parameter> out = {{"beta_min", Type::real, Value(0.1), "noise rate at t = 0"},
                                  {"beta_max", Type::real, Value(20.0), "noise rate at t = 1"},
                                  {"t_min", Type::real, Value(1e-3), "where the schedule ends, t in (0, 1)"}};
    for (auto& parameter : out) {
        parameter.least = 0.0;
        parameter.least_excluded = true;
    }
    out.back().most = 0.999;
    return out;
}

LinearBeta beta(const Parameters& p) {
    if (p.real("beta_max") < p.real("beta_min")) throw p.error("beta_max", "it must not be below beta_min");
    return {p.real("beta_min"), p.real("beta_max")};
}

void require_order(const Parameters& p) {
    if (p.real("sigma_max") <= p.real("sigma_min")) throw p.error("sigma_max", "it must be greater than sigma_min");
}

template <class Kind>
std::unique_ptr<Schedule> between_ends(const Parameters& p) {
    require_order(p);
    return std::make_unique<Kind>(p.real("sigma_min"), p.real("sigma_max"));
}

template <class Kind>
std::unique_ptr<Schedule> with_beta(const Parameters& p) {
    return std::make_unique<Kind>(beta(p), p.real("t_min"));
}

std::unique_ptr<Schedule> table(const Parameters& p) {
    const bool inlined = p.has("t") || p.has("s") || p.has("sigma");
    if (p.has("file") == inlined) {
        throw InputError(p.where(), "a table schedule needs either 'file' or the lists 't', 's' and 'sigma'",
                         p.has("file") ? "both are given" : "none is given");
    }
    if (p.has("file")) {
        return std::make_unique<TableSchedule>(read_schedule_table(p.text("file"), p.where("file")), p.where("file"));
    }
    for (const char* name : {"t", "sigma"}) {
        if (!p.has(name)) throw p.error(name, "a table schedule needs it");
    }
    ScheduleTable rows{p.reals("t"), {}, p.reals("sigma")};
    rows.s = p.has("s") ? p.reals("s") : std::vector<double>(rows.t.size(), 1.0);
    return std::make_unique<TableSchedule>(std::move(rows), p.where("sigma"));
}

std::vector<Parameter> table_parameters() {
    std::vector<Parameter> out = {{"file", Type::text, std::nullopt, "CSV of t, s, sigma"},
                                  {"t", Type::reals, std::nullopt, "the table given here: times"},
                                  {"s", Type::reals, std::nullopt, "scales; default 1"},
                                  {"sigma", Type::reals, std::nullopt, "noise levels, increasing with t"}};
    out.front().is_path = true;
    return out;
}

Registry<ScheduleFactory> build() {
    Registry<ScheduleFactory> registry("schedule");
    registry.add({"edm", "sigma = t, s = 1 (Karras et al. 2022)", with_grid({}, "rho", 0.002, 80.0)},
                 between_ends<EdmSchedule>);
    registry.add({"ve", "variance exploding: sigma geometric in t, s = 1", with_grid({}, "own", 0.01, 50.0)},
                 between_ends<VeSchedule>);
    registry.add({"vp", "variance preserving with linear beta: s^2 (1 + sigma^2) = 1",
                  with_grid(beta_parameters(), "own", std::nullopt, std::nullopt)},
                 with_beta<VpSchedule>);
    registry.add({"subvp", "sub-VP: the scale of vp, s sigma = 1 - s^2",
                  with_grid(beta_parameters(), "own", std::nullopt, std::nullopt)},
                 with_beta<SubVpSchedule>);
    registry.add({"ou", "Ornstein-Uhlenbeck: s = exp(-t), s^2 (1 + sigma^2) = 1", with_grid({}, "own", 0.002, 80.0)},
                 between_ends<OuSchedule>);
    registry.add({"table", "t, s, sigma from a CSV file or lists, interpolated monotonically",
                  with_grid(table_parameters(), "own", std::nullopt, std::nullopt)},
                 table);
    return registry;
}

}  // namespace

const Registry<ScheduleFactory>& schedules() {
    static const Registry<ScheduleFactory> registry = build();
    return registry;
}

}  // namespace sigmaflow
