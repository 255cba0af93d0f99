#pragma once
// Models of single points for the tests of dynamics, without a study.

#include <algorithm>
#include <string>
#include <vector>

#include "sigmaflow/distribution/registry.hpp"
#include "sigmaflow/dynamics/registry.hpp"
#include "sigmaflow/dynamics/trajectory.hpp"
#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow::testing_support {

/// A point whose levels are all sigmas of its grid.
inline PointModel make_model(const char* distribution, const Value::Table& law, const char* schedule,
                             const Value::Table& clock, const char* solver, const std::vector<std::string>& quantities,
                             const Value::Table& choices = {}) {
    PointModel model;
    const auto& kind = distributions().at(distribution);
    model.distribution = kind.make(Parameters(kind.kind, law, {}), {});
    const auto& clock_kind = schedules().at(schedule);
    const Parameters clock_parameters(clock_kind.kind, clock, {});
    model.schedule = clock_kind.make(clock_parameters);
    model.course = make_course(clock_parameters);
    model.solver = solvers().at(solver).make(Parameters(solvers().at(solver).kind, choices, {}));
    for (const auto& name : quantities) {
        model.observables.push_back(observables().at(name).make(Parameters(observables().at(name).kind, {}, {})));
    }
    auto grid = make_grid(*model.schedule, clock_parameters, model.distribution.get());
    auto levels = grid;
    if (levels.back() == 0.0) levels.pop_back();
    model.lay_route(std::move(grid), std::move(levels));
    model.key = {11, 22};
    return model;
}

inline BlockBuffer run_block(const PointModel& model, int particles) {
    BlockBuffer block(model.fields(), static_cast<int>(model.levels.sigma.size()), particles);
    TrajectoryRunner runner(model);
    for (int first = 0; first < particles; first += kTileWidth) {
        runner.run({first, std::min(kTileWidth, particles - first)}, first, block);
    }
    return block;
}

}  // namespace sigmaflow::testing_support
