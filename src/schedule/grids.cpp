#include <fmt/format.h>
#include <algorithm>
#include <cmath>

#include "grid_ends.hpp"
#include "information_grids.hpp"
#include "own_grid.hpp"
#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow {
namespace {

/// Karras et al. 2022, eq. 5.
std::vector<double> rho(const GridContext& context) {
    const GridEnds e = grid_ends(context.schedule, context.parameters);
    const double exponent = context.parameters.real("rho");
    const double first = std::pow(e.sigma_max, 1.0 / exponent);
    const double last = std::pow(e.sigma_min, 1.0 / exponent);
    return spaced_between(e, grid_steps(context.parameters),
                          [&](double u) { return std::pow(first + u * (last - first), exponent); });
}

/// ln sigma = ln sigma_min + (1-u)^exponent (ln sigma_max - ln sigma_min), as in k-diffusion.
std::vector<double> polyexponential_of(const GridContext& context, double exponent) {
    const GridEnds e = grid_ends(context.schedule, context.parameters);
    const double range = std::log(e.sigma_max / e.sigma_min);
    return spaced_between(e, grid_steps(context.parameters),
                          [&](double u) { return e.sigma_min * std::exp(std::pow(1.0 - u, exponent) * range); });
}

std::vector<double> polyexponential(const GridContext& context) {
    return polyexponential_of(context, context.parameters.real("exponent"));
}

/// The log signal-to-noise ratio -2 ln sigma is linear in ln sigma, so this is the grid of DPM-Solver (Lu et al. 2022).
std::vector<double> logarithmic(const GridContext& context) { return polyexponential_of(context, 1.0); }

/// phi = atan(sigma / c) even. Beyond phi = pi/4 by the complement, which keeps sigma >> c to rounding.
std::vector<double> tangent(const GridContext& context) {
    const GridEnds e = grid_ends(context.schedule, context.parameters);
    const double c = context.parameters.real("c");
    const auto angle = [&](double u) {
        return (1.0 - u) * std::atan(e.sigma_max / c) + u * std::atan(e.sigma_min / c);
    };
    const auto complement = [&](double u) {
        return (1.0 - u) * std::atan(c / e.sigma_max) + u * std::atan(c / e.sigma_min);
    };
    return spaced_between(e, grid_steps(context.parameters), [&](double u) {
        return angle(u) < complement(u) ? c * std::tan(angle(u)) : c / std::tan(complement(u));
    });
}

/// In canonical coordinates any sigma will do; in scaled ones the schedule must have a time for it.
std::vector<double> list(const GridContext& context) {
    const Parameters& p = context.parameters;
    if (!p.has("sigmas")) throw p.error("sigmas", "the grid 'list' needs it");
    auto sigmas = p.reals("sigmas");
    const bool decreasing = std::is_sorted(sigmas.rbegin(), sigmas.rend(), std::less_equal<>());
    if (sigmas.size() < 2 || !decreasing) throw p.error("sigmas", "at least two numbers, strictly decreasing");
    const Schedule& schedule = context.schedule;
    if (p.text("coordinates") == "scaled" &&
        (sigmas.front() > schedule.sigma_max() || sigmas.back() < schedule.sigma_min())) {
        throw p.error("sigmas",
                      fmt::format("in scaled coordinates they must lie where the schedule goes, {:.6g} to {:.6g}",
                                  schedule.sigma_min(), schedule.sigma_max()));
    }
    return sigmas;
}

Parameter positive(const char* name, double fallback, const char* meaning) {
    Parameter parameter{name, Type::real, Value(fallback), meaning};
    parameter.least = 0.0;
    parameter.least_excluded = true;
    return parameter;
}

Parameter listed_sigmas() {
    Parameter parameter{"sigmas", Type::reals, std::nullopt, "the sigmas of the grid 'list', decreasing"};
    parameter.least = 0.0;
    parameter.least_excluded = true;
    return parameter;
}

Registry<GridFactory> build() {
    Registry<GridFactory> registry("grid");
    registry.add({"own", "even in the schedule's own time; its timesteps, by their spacing, if it has such", {}},
                 own_grid);
    registry.add(
        {"rho", "even in sigma^(1/rho) (Karras et al. 2022)", {positive("rho", 7.0, "exponent of the grid 'rho'")}},
        rho);
    registry.add({"log", "even in ln sigma", {}}, logarithmic);
    registry.add({"polyexponential",
                  "ln sigma runs as (1 - i/(n-1))^exponent (k-diffusion)",
                  {positive("exponent", 1.0, "exponent of the grid 'polyexponential'; 1 is the grid 'log'")}},
                 polyexponential);
    registry.add({"logsnr", "even in the log signal-to-noise ratio -2 ln sigma: the sigmas of 'log'", {}}, logarithmic);
    registry.add({"tan",
                  "even in atan(sigma/c), the best for Euler on N(0, c^2 I)",
                  {positive("c", 1.0, "standard deviation that the grid 'tan' is made for")}},
                 tangent);
    registry.add({"list", "the numbers given as 'sigmas'", {listed_sigmas()}}, list);
    add_information_grids(registry);
    return registry;
}

void require_decreasing(const std::vector<double>& sigmas, const Parameters& parameters) {
    for (std::size_t i = 1; i < sigmas.size(); ++i) {
        if (sigmas[i] < sigmas[i - 1]) continue;
        throw parameters.error("steps",
                               fmt::format("sigma {} and {} of the grid are equal in double precision", i - 1, i),
                               "take fewer steps or a wider range");
    }
}

}  // namespace

const Registry<GridFactory>& grids() {
    static const Registry<GridFactory> registry = build();
    return registry;
}

std::vector<double> make_grid(const Schedule& schedule, const Parameters& parameters, const Distribution* law) {
    const auto& rule = grids().at(parameters.text("grid"), parameters.where("grid"));
    auto sigmas = rule.make({schedule, parameters, law});
    require_decreasing(sigmas, parameters);
    if (parameters.boolean("final_zero")) sigmas.push_back(0.0);
    return sigmas;
}

}  // namespace sigmaflow
