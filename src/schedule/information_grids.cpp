#include "information_grids.hpp"

#include <algorithm>
#include <cmath>

#include "grid_ends.hpp"
#include "sigmaflow/schedule/information_rates.hpp"

namespace sigmaflow {
namespace {

constexpr double kResolution = 0.05;  // of ln sigma

std::vector<double> fine_levels(const GridEnds& ends) {
    const double range = std::log(ends.sigma_max / ends.sigma_min);
    const auto intervals = std::max<std::int64_t>(64, std::llround(std::ceil(range / kResolution)));
    return spaced_between(ends, intervals + 1, [&](double u) { return ends.sigma_max * std::exp(-u * range); });
}

using Rate = double (InformationRates::*)(double);

std::vector<double> even_in(const GridContext& context, Rate rate) {
    const Parameters& p = context.parameters;
    if (context.law == nullptr) throw std::logic_error("the grid '" + p.text("grid") + "' needs a distribution");
    InformationRates rates(*context.law, static_cast<int>(p.integer("grid_samples")));
    const GridEnds ends = grid_ends(context.schedule, p);
    const auto levels = fine_levels(ends);
    std::vector<double> values;
    for (const double sigma : levels) values.push_back((rates.*rate)(sigma));
    auto out = equal_shares(levels, values, grid_steps(p));
    if (out.empty()) throw p.error("grid", "with this distribution nothing happens between the ends of the grid");
    out.front() = ends.sigma_max;
    out.back() = ends.sigma_min;
    return out;
}

std::vector<double> entropy(const GridContext& context) { return even_in(context, &InformationRates::entropy); }
std::vector<double> error(const GridContext& context) { return even_in(context, &InformationRates::error); }

std::vector<double> fisher(const GridContext& context) {
    if (context.law != nullptr && !context.law->posterior().capabilities().trace) {
        throw context.parameters.error("grid", "it needs a distribution that knows the trace of its posterior");
    }
    return even_in(context, &InformationRates::fisher);
}

Parameter samples() {
    Parameter parameter{"grid_samples", Type::integer, Value(128), "particles that the grids of a law average over"};
    parameter.least = 2;
    parameter.most = 1e6;
    return parameter;
}

}  // namespace

std::vector<double> equal_shares(const std::vector<double>& levels, const std::vector<double>& rate, std::int64_t n) {
    std::vector<double> gone(levels.size(), 0.0);
    for (std::size_t j = 1; j < levels.size(); ++j) {
        gone[j] = gone[j - 1] + 0.5 * (rate[j - 1] + rate[j]) * std::log(levels[j - 1] / levels[j]);
    }
    if (!(gone.back() > 0.0) || !std::isfinite(gone.back())) return {};
    std::vector<double> out;
    for (std::int64_t i = 0; i < n; ++i) {
        const double target = gone.back() * static_cast<double>(i) / static_cast<double>(n - 1);
        const auto at = std::lower_bound(gone.begin() + 1, gone.end() - 1, target) - gone.begin();
        const auto j = static_cast<std::size_t>(at);
        const double width = std::log(levels[j - 1] / levels[j]);
        const double left = target - gone[j - 1];
        // rate_0 h + (rate_1 - rate_0) h^2 / (2 width) = left
        const double root =
            std::sqrt(std::max(0.0, rate[j - 1] * rate[j - 1] + 2.0 * left * (rate[j] - rate[j - 1]) / width));
        const double h = left > 0.0 ? 2.0 * left / (rate[j - 1] + root) : 0.0;
        out.push_back(levels[j - 1] * std::exp(-std::min(h, width)));
    }
    return out;
}

void add_information_grids(Registry<GridFactory>& registry) {
    registry.add(
        {"entropy", "equal steps of the entropy of x0 given x, by the law's mmse (Stancevic et al. 2025)", {samples()}},
        entropy);
    registry.add({"fisher", "equal steps of p_sigma in the Fisher-Rao metric", {samples()}}, fisher);
    registry.add(
        {"error", "equal steps of Euler's predicted local error, relative to the spread of p_sigma", {samples()}},
        error);
}

}  // namespace sigmaflow
