#include <fmt/format.h>
#include <algorithm>
#include <cmath>

#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow {
namespace {

struct Ends {
    double sigma_max;
    double sigma_min;
};

/// The ends asked for, inside what the schedule has (up to rounding at its own ends).
Ends ends(const Schedule& schedule, const Parameters& p) {
    const Ends own{schedule.sigma_max(), schedule.sigma_min()};
    const Ends asked{p.has("sigma_max") ? p.real("sigma_max") : own.sigma_max,
                     p.has("sigma_min") ? p.real("sigma_min") : own.sigma_min};
    const auto outside = [&](double sigma) {
        return sigma < own.sigma_min * (1.0 - 1e-12) || sigma > own.sigma_max * (1.0 + 1e-12);
    };
    const std::string reach = fmt::format("the schedule goes from {:.6g} to {:.6g}", own.sigma_min, own.sigma_max);
    if (outside(asked.sigma_max)) throw p.error("sigma_max", reach);
    if (outside(asked.sigma_min)) throw p.error("sigma_min", reach);
    if (asked.sigma_max <= asked.sigma_min) throw p.error("sigma_min", "sigma_max must be greater");
    return asked;
}

/// sigma_i for i = 0 .. n-1 by `rule`(fraction), fraction = i / (n-1); the ends are met exactly.
template <class Rule>
std::vector<double> spaced(const Ends& ends, std::int64_t n, Rule rule) {
    std::vector<double> out(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) {
        out[static_cast<std::size_t>(i)] = rule(static_cast<double>(i) / static_cast<double>(n - 1));
    }
    out.front() = ends.sigma_max;
    out.back() = ends.sigma_min;
    return out;
}

std::vector<double> own(const Schedule& schedule, const Parameters& p) {
    auto table = schedule.own_sigmas();
    if (!table.empty()) return table;
    const Ends e = ends(schedule, p);
    const double first = schedule.t_of_sigma(e.sigma_max);
    const double last = schedule.t_of_sigma(e.sigma_min);
    return spaced(e, p.integer("steps"), [&](double u) { return schedule.at(first + u * (last - first)).sigma; });
}

/// Karras et al. 2022, eq. 5.
std::vector<double> rho(const Schedule& schedule, const Parameters& p) {
    const Ends e = ends(schedule, p);
    const double exponent = p.real("rho");
    const double first = std::pow(e.sigma_max, 1.0 / exponent);
    const double last = std::pow(e.sigma_min, 1.0 / exponent);
    return spaced(e, p.integer("steps"), [&](double u) { return std::pow(first + u * (last - first), exponent); });
}

std::vector<double> logarithmic(const Schedule& schedule, const Parameters& p) {
    const Ends e = ends(schedule, p);
    const double ratio = std::log(e.sigma_min / e.sigma_max);
    return spaced(e, p.integer("steps"), [&](double u) { return e.sigma_max * std::exp(u * ratio); });
}

std::vector<double> list(const Schedule&, const Parameters& p) {
    if (!p.has("sigmas")) throw p.error("sigmas", "the grid 'list' needs it");
    auto sigmas = p.reals("sigmas");
    const bool decreasing = std::is_sorted(sigmas.rbegin(), sigmas.rend(), std::less_equal<>());
    if (sigmas.size() < 2 || !decreasing) throw p.error("sigmas", "at least two numbers, strictly decreasing");
    return sigmas;
}

Registry<GridFactory> build() {
    Registry<GridFactory> registry("grid");
    registry.add({"own", "even in the schedule's own time; the rows of a table schedule", {}}, own);
    registry.add({"rho", "even in sigma^(1/rho) (Karras et al. 2022)", {}}, rho);
    registry.add({"log", "even in ln sigma", {}}, logarithmic);
    registry.add({"list", "the numbers given as 'sigmas'", {}}, list);
    return registry;
}

}  // namespace

const Registry<GridFactory>& grids() {
    static const Registry<GridFactory> registry = build();
    return registry;
}

std::vector<double> make_grid(const Schedule& schedule, const Parameters& parameters) {
    auto sigmas = grids().at(parameters.text("grid"), parameters.where("grid")).make(schedule, parameters);
    for (std::size_t i = 1; i < sigmas.size(); ++i) {
        if (!(sigmas[i] < sigmas[i - 1])) {
            throw parameters.error("steps",
                                   fmt::format("sigma {} and {} of the grid are equal in double precision", i - 1, i),
                                   "take fewer steps or a wider range");
        }
    }
    if (parameters.boolean("final_zero")) sigmas.push_back(0.0);
    return sigmas;
}

}  // namespace sigmaflow
