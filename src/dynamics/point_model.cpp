#include "sigmaflow/dynamics/point_model.hpp"

#include <cmath>
#include <limits>

namespace sigmaflow {

RecordedLevels recorded_levels(const std::vector<double>& grid, const std::vector<double>& wanted) {
    RecordedLevels out;
    out.sigma.assign(wanted.size(), std::numeric_limits<double>::quiet_NaN());
    out.level_of_sigma.assign(grid.size(), -1);
    const auto distance = [&](std::size_t i, std::size_t level) {
        return std::abs(std::log(grid[i]) - std::log(wanted[level]));
    };
    for (std::size_t level = 0; level < wanted.size(); ++level) {
        std::size_t best = 0;
        for (std::size_t i = 1; i < grid.size() && grid[i] > 0.0; ++i) {
            if (distance(i, level) < distance(best, level)) best = i;
        }
        int& holder = out.level_of_sigma[best];
        if (holder < 0 || distance(best, level) < distance(best, static_cast<std::size_t>(holder))) {
            if (holder >= 0) out.sigma[static_cast<std::size_t>(holder)] = std::numeric_limits<double>::quiet_NaN();
            holder = static_cast<int>(level);
            out.sigma[level] = grid[best];
        }
    }
    return out;
}

std::vector<Field> PointModel::fields() const {
    std::vector<Field> out;
    for (const auto& observable : observables) out.push_back(observable->field(dim()));
    return out;
}

Requirements PointModel::requirements() const {
    Requirements all;
    for (const auto& observable : observables) {
        const Requirements one = observable->requirements();
        all.posterior = all.posterior | one.posterior;
        all.channels = all.channels | one.channels;
    }
    return all;
}

Work PointModel::cost(int width) const {
    const Requirements needs = requirements();
    const Denoiser& denoiser = distribution->posterior();
    const auto steps = static_cast<double>(grid.size() - 1);
    double recorded = 0.0;
    for (const int level : levels.level_of_sigma) recorded += level >= 0 ? 1.0 : 0.0;
    Work work = denoiser.cost(needs_of(needs.channels), width).times(steps * solver->traits().evaluations_per_step);
    work += denoiser.cost(needs.posterior, width).times(recorded);
    const double d = dim();
    if (needs.posterior.covariance) work.flops += recorded * width * 4.0 / 3.0 * d * d * d;
    work.flops += (steps + recorded) * width * 10.0 * d;
    return work;
}

std::string PointModel::mismatch() const {
    if (course.direction != Direction::down) return "this version goes down the grid only";
    if (course.start != Start::exact) return "this version starts from exact draws only";
    if (course.coordinates != Coordinates::canonical) return "this version has canonical coordinates only";
    if (solver->traits().needs_gaussian && distribution->gaussian() == nullptr) {
        return "this solver needs Gaussian data";
    }
    const Requirements needs = requirements();
    if (needs.channels.log_jacobian && !solver->traits().follows_flow) {
        return "'likelihood' needs a solver that follows the flow";
    }
    const Capabilities can = distribution->posterior().capabilities();
    const Needs want = needs.posterior;
    if (want.entropy && !can.entropy) return "'entropy' needs a distribution with posterior weights";
    if (want.covariance && !can.covariance) return "a quantity needs the posterior covariance";
    if ((want.trace || needs.channels.log_jacobian) && !can.trace)
        return "a quantity needs the trace of the covariance";
    if (want.log_density && !can.log_density) return "a quantity needs the log density";
    return {};
}

}  // namespace sigmaflow
