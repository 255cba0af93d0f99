#include "sigmaflow/stability/levels.hpp"

#include <cmath>

namespace sigmaflow {

std::vector<Parameter> level_parameters() {
    return {{.name = "sigma_min",
             .type = Type::real,
             .fallback = 0.002,
             .meaning = "least noise level",
             .least = 0.0,
             .least_excluded = true,
             .unit = "data"},
            {.name = "sigma_max",
             .type = Type::real,
             .fallback = 80.0,
             .meaning = "greatest noise level",
             .least = 0.0,
             .least_excluded = true,
             .unit = "data"},
            {.name = "levels",
             .type = Type::integer,
             .fallback = 33,
             .meaning = "number of noise levels, log-spaced, ends included",
             .least = 1,
             .most = 100'000}};
}

std::vector<double> log_levels(const Parameters& parameters) {
    const double first = parameters.real("sigma_max");
    const double last = parameters.real("sigma_min");
    const auto count = parameters.integer("levels");
    if (last > first) throw parameters.error("sigma_min", "sigma_min is greater than sigma_max");
    std::vector<double> out{first};
    for (std::int64_t i = 1; i < count; ++i) {
        const double fraction = static_cast<double>(i) / static_cast<double>(count - 1);
        out.push_back(i == count - 1 ? last : first * std::exp(fraction * std::log(last / first)));
    }
    return out;
}

}  // namespace sigmaflow
