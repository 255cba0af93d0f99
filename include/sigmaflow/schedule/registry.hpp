#pragma once
/// \file
/// Every kind of schedule and of grid. The parameters of both are given in one [[schedule]] table: `schedules()` lists
/// them with the common ones (grid, sigma_min, sigma_max, steps, final_zero, direction, start, coordinates) included.

#include <functional>
#include <memory>
#include <vector>

#include "sigmaflow/core/registry.hpp"
#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/schedule/schedule.hpp"

namespace sigmaflow {

/// What the rule of a grid may look at.
struct GridContext {
    const Schedule& schedule;
    const Parameters& parameters;       ///< of the [[schedule]] table
    const Distribution* law = nullptr;  ///< what the grid is for; the grids that follow the law need it
};

using ScheduleFactory = std::function<std::unique_ptr<Schedule>(const Parameters&)>;
/// The decreasing sigmas from sigma_max to sigma_min.
using GridFactory = std::function<std::vector<double>(const GridContext&)>;

[[nodiscard]] const Registry<ScheduleFactory>& schedules();
/// Grids have no tables of their own in a study: every schedule takes the parameters of all of them.
[[nodiscard]] const Registry<GridFactory>& grids();

/// The decreasing sigmas that a solver steps through, by the parameter `grid`; ends in 0 if `final_zero`. An InputError
/// names the parameter that makes a grid impossible. The grids `entropy`, `fisher` and `error` need the law and
/// evaluate its posterior some 200 x `grid_samples` times.
[[nodiscard]] std::vector<double> make_grid(const Schedule& schedule, const Parameters& parameters,
                                            const Distribution* law = nullptr);

}  // namespace sigmaflow
