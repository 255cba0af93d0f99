#include "sigmaflow/dynamics/point_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sigmaflow/dynamics/embedded_pairs.hpp"
#include "sigmaflow/dynamics/error_budget.hpp"
#include "sigmaflow/numerics/graded_columns.hpp"

namespace sigmaflow {
namespace {

constexpr std::int64_t kMostTangentNumbers = 65536;  // per particle: a solver keeps several tiles of them

/// An exact solution with d tangents, one without, and the carrying of what every level has caused so far.
Work error_budget_cost(const Distribution& law, const std::vector<double>& grid, std::size_t levels, int width) {
    const int dim = law.dim();
    Work once = flow_cost(law.posterior(), {.tangents = dim}, width);
    once += flow_cost(law.posterior(), {}, width);
    Work work = once.times(ErrorBudget::evaluations(law, grid));
    const double vectors = 0.5 * static_cast<double>(levels) * static_cast<double>(grid.size());
    work.flops += vectors * width * 2.0 * dim * dim;
    return work;
}

}  // namespace

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

namespace {

/// The ends of a grid, every wanted level between them and a last 0: what an adaptive solver has to meet.
std::vector<double> landings(const std::vector<double>& sigmas, const std::vector<double>& wanted) {
    constexpr double rounding = 1e-12;
    const bool to_zero = sigmas.back() == 0.0;
    const double last = to_zero ? sigmas[sigmas.size() - 2] : sigmas.back();
    std::vector<double> out = {sigmas.front()};
    for (const double sigma : wanted) {
        if (sigma < out.back() * (1.0 - rounding) && sigma > last * (1.0 + rounding)) out.push_back(sigma);
    }
    if (last < out.back()) out.push_back(last);
    if (to_zero) out.push_back(0.0);
    return out;
}

/// Two last intervals of a path on sigma^2 are 2^-20 of sigma at most, so that half a step is one of them.
bool has_steps_below_paths(const std::vector<double>& grid) {
    for (std::size_t i = 1; i < grid.size() && grid[i] > 0.0; ++i) {
        if (std::abs(grid[i] - grid[i - 1]) < std::ldexp(std::max(grid[i], grid[i - 1]), -BrownianPaths::depth)) {
            return true;
        }
    }
    return false;
}

}  // namespace

void PointModel::lay_route(std::vector<double> sigmas, std::vector<double> wanted) {
    if (solver->traits().adaptive) sigmas = landings(sigmas, wanted);
    if (course.direction == Direction::up) {
        std::reverse(sigmas.begin(), sigmas.end());
        std::reverse(wanted.begin(), wanted.end());
    }
    levels = recorded_levels(sigmas, wanted);
    grid = std::move(sigmas);
}

double PointModel::first_sigma() const {
    return course.direction == Direction::round_trip ? grid.back() : grid.front();
}

int PointModel::positive_sigmas() const {
    return static_cast<int>(std::count_if(grid.begin(), grid.end(), [](double sigma) { return sigma > 0.0; }));
}

std::vector<Field> PointModel::fields() const {
    std::vector<Field> out;
    for (const auto& observable : observables) out.push_back(observable->field(dim()));
    return out;
}

Requirements PointModel::requirements() const {
    Requirements all;
    for (const auto& observable : observables) {
        Requirements one = observable->requirements();
        if (one.channels.tangents == kEveryDirection) one.channels.tangents = dim();
        all.posterior = all.posterior | one.posterior;
        all.channels = all.channels | one.channels;
        all.outbound = all.outbound || one.outbound;
        all.error_budget = all.error_budget || one.error_budget;
    }
    return all;
}

Work PointModel::cost(int width) const {
    const Requirements needs = requirements();
    const Denoiser& denoiser = distribution->posterior();
    const double ways = course.direction == Direction::round_trip ? 2.0 : 1.0;
    const double evaluations = ways * solver->evaluations(grid);
    double recorded = 0.0;
    for (const int level : levels.level_of_sigma) recorded += level >= 0 ? 1.0 : 0.0;
    Work work = flow_cost(denoiser, needs.channels, width).times(evaluations);
    work += denoiser.cost(needs.posterior, width).times(recorded);
    const double d = dim();
    if (needs.posterior.covariance) work.flops += recorded * width * 4.0 / 3.0 * d * d * d;
    const double steps = ways * static_cast<double>(grid.size() - 1);
    work += BrownianPaths::cost(dim(), width).times(steps * solver->traits().path_ends);
    work.flops += (evaluations + recorded) * width * 10.0 * d;
    if (needs.error_budget) work += error_budget_cost(*distribution, grid, levels.sigma.size(), width);
    work.flops += evaluations * width * 10.0 * (needs.channels.tangents * d + needs.channels.probes);
    work.flops += steps * width * GradedColumns::flops(d, needs.channels.tangents, 1.0 + solver->traits().memory);
    return work;
}

double PointModel::state_bytes() const {
    const Requirements needs = requirements();
    const SolverTraits traits = solver->traits();
    const double d = dim();
    const StateLayout layout{dim(), needs.channels};
    double numbers = layout.rows() * (2.0 + traits.stages + traits.memory);
    numbers += 2.0 * d * (needs.channels.tangents + needs.channels.probes);
    if (needs.error_budget) {
        constexpr double tiles_of_a_pair = EmbeddedPair::stages + 3.0;
        numbers += (d * d + d) * (tiles_of_a_pair + 2.0) + d * static_cast<double>(levels.sigma.size());
    }
    if (needs.posterior.covariance) numbers += d * d;
    return numbers * kTileWidth * sizeof(double);
}

std::string PointModel::mismatch_of_channels(const Channels& channels) const {
    const SolverTraits traits = solver->traits();
    if (channels.log_jacobian && !traits.follows_flow) return "'likelihood' needs a solver that follows the flow";
    if (channels.probes > 0 && (!traits.follows_flow || traits.needs_closed_form)) {
        return "'likelihood_hutchinson' needs a solver that steps along the flow";
    }
    if (channels.tangents > 0 && !traits.follows_flow) {
        return "singular values and exponents need a solver that follows the flow";
    }
    if (channels.tangents == 0 && channels.probes == 0) return {};
    if (traits.needs_contracted_moments) {
        return "this solver expands x and ln |det| only: tangents and probes need another solver";
    }
    if (!distribution->posterior().has_mean_derivatives()) {
        return "tangents and probes need a distribution whose posterior mean has a known derivative (its covariance)";
    }
    for (const auto& observable : observables) {
        int own = observable->requirements().channels.tangents;
        if (own == kEveryDirection) own = dim();
        if (own > dim()) return "k is greater than the dimension";
        if (own != 0 && own != channels.tangents)
            return "'singular_values', 'lyapunov' and 'conditioning' need equal k";
    }
    if (std::int64_t{channels.tangents} * dim() > kMostTangentNumbers) {
        return "k directions in d dimensions are more than 65536 numbers: choose a smaller k";
    }
    return {};
}

std::string PointModel::mismatch() const {
    const SolverTraits traits = solver->traits();
    if (course.coordinates == Coordinates::scaled && !traits.any_clock) {
        return "coordinates = \"scaled\" needs a solver that steps in the schedule's t";
    }
    if (course.direction == Direction::round_trip && !traits.follows_flow) {
        return "a round trip needs a solver that follows the flow";
    }
    if (course.start == Start::gaussian && traits.draws_marginals) {
        return "this solver draws x0 + sigma n afresh, start = \"gaussian\" has no meaning";
    }
    const Direction way = course.direction;
    if (traits.ways == Ways::down && way != Direction::down) {
        return "this solver generates, direction must be \"down\"";
    }
    if (traits.ways == Ways::up && way != Direction::up) return "this solver adds noise, direction must be \"up\"";
    if (traits.stochastic && has_steps_below_paths(grid)) {
        return "a step of this grid is shorter than 1e-6 of sigma, which Brownian paths do not resolve";
    }
    if (traits.needs_log_density && !distribution->posterior().capabilities().log_density) {
        return "this solver needs the log density";
    }
    if (traits.needs_closed_form && distribution->gaussian() == nullptr && distribution->line() == nullptr) {
        return "this solver needs Gaussian data, or a mixture in one dimension";
    }
    if (traits.needs_contracted_moments && !distribution->posterior().has_contracted_moments()) {
        return "this solver needs the contracted moments of the posterior, which mixtures and points have";
    }
    const Requirements needs = requirements();
    const std::string unfit = mismatch_of_channels(needs.channels);
    if (!unfit.empty()) return unfit;
    if (needs.error_budget) {
        if (!traits.follows_flow || course.direction == Direction::round_trip) {
            return "errors and their budget need a solver that follows the flow, up or down";
        }
        if (!distribution->posterior().has_mean_derivatives() || std::int64_t{dim()} * dim() > kMostTangentNumbers) {
            return "errors and their budget need derivatives of the posterior mean, in 256 dimensions at most";
        }
    }
    if (needs.outbound && course.direction != Direction::round_trip) {
        return "'round_trip_error' needs direction = \"round_trip\"";
    }
    const Capabilities can = distribution->posterior().capabilities();
    const Needs want = needs.posterior;
    if (want.entropy && !can.entropy) return "'entropy' needs a distribution with posterior weights";
    if (want.class_entropy && !can.class_entropy) return "'class_entropy' needs a distribution with class labels";
    if (want.covariance && !can.covariance) return "a quantity needs the posterior covariance";
    if ((want.trace || needs.channels.log_jacobian) && !can.trace)
        return "a quantity needs the trace of the covariance";
    if (want.log_density && !can.log_density) return "a quantity needs the log density";
    return {};
}

}  // namespace sigmaflow
