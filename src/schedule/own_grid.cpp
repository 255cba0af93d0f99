#include "own_grid.hpp"

#include <fmt/format.h>

#include "grid_ends.hpp"
#include "sigmaflow/schedule/spacing.hpp"

namespace sigmaflow {
namespace {

/// Sigmas of the timesteps between the ends asked for, increasing.
std::vector<double> reachable(const Schedule& schedule, const GridEnds& ends) {
    std::vector<double> out;
    for (const double t : schedule.timesteps()) {
        const double sigma = schedule.at(t).sigma;
        if (sigma >= ends.sigma_min * (1.0 - 1e-12) && sigma <= ends.sigma_max * (1.0 + 1e-12)) out.push_back(sigma);
    }
    return out;
}

std::vector<double> of_timesteps(const Schedule& schedule, const Parameters& p) {
    const auto sigmas = reachable(schedule, grid_ends(schedule, p));
    const std::size_t steps = p.has("steps") ? static_cast<std::size_t>(p.integer("steps")) : sigmas.size();
    if (steps > sigmas.size() || sigmas.size() < 2) {
        throw p.error("steps", fmt::format("the schedule has {} timesteps between the ends of the grid", sigmas.size()),
                      "take fewer steps, or another grid, which goes between the timesteps");
    }
    const auto offset = static_cast<std::size_t>(p.integer("steps_offset"));
    const auto indices = spaced_indices(sigmas.size(), steps, chosen_spacing(p), offset);
    if (indices.front() >= sigmas.size()) {
        throw p.error("steps_offset", fmt::format("the first of {} timesteps would be {} of {}", steps, indices.front(),
                                                  sigmas.size()));
    }
    std::vector<double> out;
    for (const std::size_t index : indices) out.push_back(sigmas[index]);
    return out;
}

}  // namespace

std::vector<double> own_grid(const GridContext& context) {
    const Schedule& schedule = context.schedule;
    if (!schedule.timesteps().empty()) return of_timesteps(schedule, context.parameters);
    const GridEnds ends = grid_ends(schedule, context.parameters);
    const double first = schedule.t_of_sigma(ends.sigma_max);
    const double last = schedule.t_of_sigma(ends.sigma_min);
    return spaced_between(ends, grid_steps(context.parameters),
                          [&](double u) { return schedule.at(first + u * (last - first)).sigma; });
}

}  // namespace sigmaflow
