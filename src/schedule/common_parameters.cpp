#include "common_parameters.hpp"

#include <algorithm>

#include "sigmaflow/schedule/course.hpp"
#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow {

Parameter positive_parameter(const char* name, std::optional<double> fallback, const char* meaning, double most) {
    Parameter parameter{name, Type::real, std::nullopt, meaning};
    if (fallback) parameter.fallback = Value(*fallback);
    parameter.least = 0.0;
    parameter.least_excluded = true;
    parameter.most = most;
    return parameter;
}

std::vector<Parameter> with_common(std::vector<Parameter> own, const char* grid, const DefaultEnds& ends) {
    own.push_back({"grid", Type::text, Value(grid), "rule for the sigmas that a solver steps through"});
    own.back().allowed = grids().names();
    own.push_back(
        positive_parameter("sigma_min", ends.sigma_min, "last positive sigma; default: the schedule's own end"));
    own.push_back(positive_parameter("sigma_max", ends.sigma_max, "first sigma; default: the schedule's own end"));
    Parameter steps{"steps", Type::integer, Value(18), "number of positive sigmas, ends included"};
    steps.least = 2;
    steps.most = 1e6;
    own.push_back(steps);
    own.push_back({"final_zero", Type::boolean, Value(false), "take a last step to sigma = 0, which is x = m"});
    for (const auto& name : grids().names()) {
        for (const auto& parameter : grids().at(name).kind.parameters) {
            const auto same = [&](const Parameter& other) { return other.name == parameter.name; };
            if (std::none_of(own.begin(), own.end(), same)) own.push_back(parameter);  // grids may share one
        }
    }
    for (auto& parameter : course_parameters()) own.push_back(std::move(parameter));
    return own;
}

std::vector<Parameter> with_common_of_table(std::vector<Parameter> own) {
    auto out = with_common(std::move(own), "own", {});
    const auto steps = std::find_if(out.begin(), out.end(), [](const Parameter& p) { return p.name == "steps"; });
    steps->fallback.reset();
    steps->meaning = "number of positive sigmas; default: all rows (grid 'own'), 18 (other grids)";
    return out;
}

}  // namespace sigmaflow
