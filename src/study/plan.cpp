#include "sigmaflow/study/plan.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

#include "plan_analyses.hpp"
#include "sigmaflow/dynamics/registry.hpp"
#include "sigmaflow/schedule/registry.hpp"

namespace sigmaflow {
namespace {

/// The sigmas to record, before they are moved onto the grid.
std::vector<double> wanted_levels(const Levels& levels, const std::vector<double>& grid) {
    std::vector<double> positive = grid;
    if (positive.back() == 0.0) positive.pop_back();
    if (levels.every_grid_sigma) return positive;
    if (!levels.values.empty()) return levels.values;
    std::vector<double> out;
    const double ratio = std::log(positive.back() / positive.front());
    for (int i = 0; i < levels.count; ++i) {
        const double fraction = levels.count == 1 ? 1.0 : static_cast<double>(i) / (levels.count - 1);
        out.push_back(positive.front() * std::exp(fraction * ratio));
    }
    return out;
}

std::string field_signature(const std::vector<Field>& fields) {
    std::string out;
    for (const auto& field : fields) out += fmt::format("{}:{} ", field.name, field.components);
    return out;
}

/// Distributions, schedules and grids are built once, however many points share them.
class ModelBuilder {
  public:
    ModelBuilder(const Study& study, BuiltLaws& laws) : study_(study), laws_(laws) {}

    PointModel build(const Point& point) {
        const auto distribution = laws_.at(point.distribution);
        PointModel model = build_model(study_, point, distribution, scheduled(point.schedule, point.distribution));
        const std::string mismatch = model.mismatch();
        if (!mismatch.empty()) {
            throw InputError(
                point.solver.parameters.where(),
                fmt::format("distribution '{}' with solver '{}' and the quantities of [observe] cannot run",
                            point.distribution.label, point.solver.label),
                mismatch, "leave it out with [sweep] exclude, or change [observe] quantities");
        }
        return model;
    }

  private:
    const ScheduledGrid& scheduled(const Choice& schedule, const Choice& distribution) {
        const auto [grid, is_new] = grids_.try_emplace({schedule.id, distribution.id});
        if (!is_new) return grid->second;
        auto& built = schedules_[schedule.id];
        grid->second = build_grid(schedule, *laws_.at(distribution), built);
        built = grid->second.schedule;
        return grid->second;
    }

    const Study& study_;
    BuiltLaws& laws_;
    std::map<std::uint64_t, std::shared_ptr<const Schedule>> schedules_;
    std::map<std::pair<std::uint64_t, std::uint64_t>, ScheduledGrid> grids_;
};

void group_points(Plan& plan) {
    std::map<std::tuple<int, std::size_t, std::string>, std::size_t> known;
    for (std::size_t i = 0; i < plan.points.size(); ++i) {
        const PointModel& model = plan.models[i];
        auto fields = model.fields();
        const std::size_t levels = model.levels.sigma.size();
        const auto [entry, is_new] =
            known.try_emplace({model.dim(), levels, field_signature(fields)}, plan.groups.size());
        if (is_new) {
            plan.groups.push_back({fmt::format("dim{}_levels{}", model.dim(), levels),
                                   model.dim(),
                                   static_cast<int>(levels),
                                   std::move(fields),
                                   {}});
        }
        plan.group_of_point.push_back(entry->second);
        plan.row_of_point.push_back(plan.groups[entry->second].points.size());
        plan.groups[entry->second].points.push_back(i);
    }
}

void cut_into_tasks(Plan& plan) {
    for (std::size_t i = 0; i < plan.points.size(); ++i) {
        const Work per_tile = plan.models[i].cost(kTileWidth);
        for (int block = 0; block < plan.blocks; ++block) {
            const std::int64_t first = std::int64_t{block} * plan.block;
            const auto count = static_cast<int>(std::min<std::int64_t>(plan.block, plan.particles - first));
            const int tiles = (count + kTileWidth - 1) / kTileWidth;
            plan.tasks.push_back({i, block, first, count, per_tile.times(tiles)});
        }
    }
}

void order_tasks(Plan& plan) {
    plan.order.resize(plan.tasks.size());
    std::iota(plan.order.begin(), plan.order.end(), std::size_t{0});
    std::stable_sort(plan.order.begin(), plan.order.end(), [&](std::size_t a, std::size_t b) {
        return predicted_seconds(plan.tasks[a].work) > predicted_seconds(plan.tasks[b].work);
    });
}

}  // namespace

std::shared_ptr<const Distribution> build_distribution(const Choice& choice, const PointsCatalog& catalog) {
    return distributions().at(choice.kind, choice.parameters.where()).make(choice.parameters, catalog);
}

ScheduledGrid build_grid(const Choice& choice, const Distribution& law, std::shared_ptr<const Schedule> schedule) {
    ScheduledGrid out;
    out.schedule = std::move(schedule);
    if (!out.schedule) out.schedule = schedules().at(choice.kind, choice.parameters.where()).make(choice.parameters);
    out.course = make_course(choice.parameters);
    out.grid = make_grid(*out.schedule, choice.parameters, &law);
    return out;
}

PointModel build_model(const Study& study, const Point& point, std::shared_ptr<const Distribution> distribution,
                       const ScheduledGrid& scheduled) {
    PointModel model;
    model.distribution = std::move(distribution);
    model.schedule = scheduled.schedule;
    model.course = scheduled.course;
    model.solver = solvers().at(point.solver.kind, point.solver.parameters.where()).make(point.solver.parameters);
    for (const auto& quantity : study.quantities) {
        model.observables.push_back(
            observables().at(quantity.kind, quantity.parameters.where()).make(quantity.parameters));
    }
    model.lay_route(scheduled.grid, wanted_levels(study.levels, scheduled.grid));
    model.key = {study.seed, point.distribution.id};
    return model;
}

Plan make_plan(const Study& study, const PointsCatalog& catalog) {
    Plan plan;
    plan.points = expand(study, catalog);
    plan.particles = study.particles;
    plan.block = study.block;
    plan.blocks = static_cast<int>((study.particles + study.block - 1) / study.block);
    plan.kept = static_cast<int>(std::min<std::int64_t>(study.keep_particles, study.particles));
    BuiltLaws laws(catalog);
    ModelBuilder builder(study, laws);
    plan.models.reserve(plan.points.size());
    for (const auto& point : plan.points) plan.models.push_back(builder.build(point));
    group_points(plan);
    cut_into_tasks(plan);
    plan_analyses(study, catalog, laws, plan);
    order_tasks(plan);
    return plan;
}

double predicted_seconds(const Work& work) {
    constexpr double flops_per_second = 4e9;
    constexpr double exps_per_second = 2e8;
    return work.flops / flops_per_second + work.exps / exps_per_second;
}

}  // namespace sigmaflow
