#include "common_parameters.hpp"
#include "kinds.hpp"
#include "sigmaflow/schedule/schedules.hpp"

namespace sigmaflow {
namespace {

template <class Made>
std::unique_ptr<Schedule> between_sigmas(const Parameters& p) {
    if (p.real("sigma_max") <= p.real("sigma_min")) throw p.error("sigma_max", "it must be greater than sigma_min");
    return std::make_unique<Made>(p.real("sigma_min"), p.real("sigma_max"));
}

std::vector<Parameter> beta_parameters() {
    return {positive_parameter("beta_min", 0.1, "noise rate at t = 0"),
            positive_parameter("beta_max", 20.0, "noise rate at t = 1"),
            positive_parameter("t_min", 1e-3, "where the schedule ends, t in (0, 1)", 0.999)};
}

template <class Made>
std::unique_ptr<Schedule> with_beta(const Parameters& p) {
    if (p.real("beta_max") < p.real("beta_min")) throw p.error("beta_max", "it must not be below beta_min");
    return std::make_unique<Made>(LinearBeta{p.real("beta_min"), p.real("beta_max")}, p.real("t_min"));
}

std::unique_ptr<Schedule> rectified(const Parameters& p) {
    if (p.real("t_max") <= p.real("t_min")) throw p.error("t_max", "it must be greater than t_min");
    return std::make_unique<RectifiedSchedule>(p.real("t_min"), p.real("t_max"));
}

}  // namespace

void add_analytic_kinds(Registry<ScheduleFactory>& registry) {
    registry.add({"edm", "sigma = t, s = 1 (Karras et al. 2022)", with_common({}, "rho", {0.002, 80.0})},
                 between_sigmas<EdmSchedule>);
    registry.add({"ve", "variance exploding: sigma geometric in t, s = 1", with_common({}, "own", {0.01, 50.0})},
                 between_sigmas<VeSchedule>);
    registry.add({"sqrt", "sigma = sqrt(t), s = 1: dy = dW", with_common({}, "own", {0.02, 100.0})},
                 between_sigmas<SqrtSchedule>);
    registry.add({"vp", "variance preserving with linear beta: s^2 (1 + sigma^2) = 1",
                  with_common(beta_parameters(), "own", {})},
                 with_beta<VpSchedule>);
    registry.add({"subvp", "sub-VP: the scale of vp, s sigma = 1 - s^2", with_common(beta_parameters(), "own", {})},
                 with_beta<SubVpSchedule>);
    registry.add(
        {"ou", "Ornstein-Uhlenbeck: s = exp(-t), s^2 (1 + sigma^2) = 1", with_common({}, "own", {0.002, 80.0})},
        between_sigmas<OuSchedule>);
    registry.add({"rectified", "rectified flow: s = 1 - t, s sigma = t (Liu et al. 2022)",
                  with_common({positive_parameter("t_min", 1e-3, "where the schedule ends, t in (0, 1)", 0.999),
                               positive_parameter("t_max", 0.999, "where it begins, t in (0, 1)", 1.0 - 1e-9)},
                              "own", {})},
                 rectified);
}

}  // namespace sigmaflow
