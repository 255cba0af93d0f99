#include "sigmaflow/schedule/registry.hpp"

#include "kinds.hpp"

namespace sigmaflow {
namespace {

Registry<ScheduleFactory> build() {
    Registry<ScheduleFactory> registry("schedule");
    add_analytic_kinds(registry);
    add_discrete_kinds(registry);
    add_given_kinds(registry);
    return registry;
}

}  // namespace

const Registry<ScheduleFactory>& schedules() {
    static const Registry<ScheduleFactory> registry = build();
    return registry;
}

}  // namespace sigmaflow
