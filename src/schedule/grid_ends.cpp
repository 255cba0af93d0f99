#include "grid_ends.hpp"

#include <fmt/format.h>

namespace sigmaflow {

GridEnds grid_ends(const Schedule& schedule, const Parameters& p) {
    const GridEnds own{schedule.sigma_max(), schedule.sigma_min()};
    const GridEnds asked{p.has("sigma_max") ? p.real("sigma_max") : own.sigma_max,
                         p.has("sigma_min") ? p.real("sigma_min") : own.sigma_min};
    if (!(asked.sigma_min > 0.0)) throw p.error("sigma_min", "this schedule begins at sigma = 0, so a grid needs it");
    const auto outside = [&](double sigma) {
        return !(sigma >= own.sigma_min * (1.0 - 1e-12) && sigma <= own.sigma_max * (1.0 + 1e-12));
    };
    const std::string reach = fmt::format("the schedule goes from {:.6g} to {:.6g}", own.sigma_min, own.sigma_max);
    if (outside(asked.sigma_max)) throw p.error("sigma_max", reach);
    if (outside(asked.sigma_min)) throw p.error("sigma_min", reach);
    if (asked.sigma_max <= asked.sigma_min) throw p.error("sigma_min", "sigma_max must be greater");
    return asked;
}

std::int64_t grid_steps(const Parameters& p) { return p.has("steps") ? p.integer("steps") : 18; }

}  // namespace sigmaflow
