#include <algorithm>
#include <cmath>

#include "common_parameters.hpp"
#include "kinds.hpp"
#include "sigmaflow/schedule/cosine_schedule.hpp"
#include "sigmaflow/schedule/discrete_schedule.hpp"
#include "sigmaflow/schedule/spacing.hpp"

namespace sigmaflow {
namespace {

/// `own`, then what every discrete schedule takes.
std::vector<Parameter> of_timesteps(std::vector<Parameter> own) {
    Parameter timesteps{"timesteps", Type::integer, Value(1000), "number N of timesteps"};
    timesteps.least = 4;
    timesteps.most = 1e6;
    own.push_back(timesteps);
    for (auto& parameter : spacing_parameters()) own.push_back(std::move(parameter));
    return own;
}

int timesteps(const Parameters& p) { return static_cast<int>(p.integer("timesteps")); }

/// Posteriors are computed for sigma up to 1e140.
std::unique_ptr<Schedule> discrete(const Parameters& p, std::vector<double> sigmas, ScaleRule rule) {
    const bool rises = std::is_sorted(sigmas.begin(), sigmas.end(), std::less_equal<>());
    if (!rises || !(sigmas.front() > 0.0) || !(sigmas.back() < 1e140)) {
        throw p.error("timesteps",
                      "with these parameters sigma is not strictly increasing from above 0 to below 1e140");
    }
    return std::make_unique<DiscreteSchedule>(std::move(sigmas), rule);
}

std::unique_ptr<Schedule> ddpm(const Parameters& p) {
    if (p.real("beta_max") < p.real("beta_min")) throw p.error("beta_max", "it must not be below beta_min");
    return discrete(p, linear_beta_sigmas(p.real("beta_min"), p.real("beta_max"), timesteps(p)),
                    ScaleRule::variance_preserving);
}

std::unique_ptr<Schedule> iddpm(const Parameters& p) {
    return discrete(p, cosine_sigmas(p.real("c2"), p.real("c1"), timesteps(p)), ScaleRule::unit);
}

std::unique_ptr<Schedule> cosine(const Parameters& p) {
    if (p.text("form") == "discrete") {
        for (const char* end : {"t_min", "t_max"}) {
            if (p.has(end))
                throw p.error(end, "the discrete form has timesteps 0 .. N-1", "take form = \"continuous\"");
        }
        return discrete(p, cosine_sigmas(p.real("offset"), 1.0 - p.real("max_beta"), timesteps(p)),
                        ScaleRule::variance_preserving);
    }
    const double t_min = p.has("t_min") ? p.real("t_min") : 1e-3;
    const double t_max = p.has("t_max") ? p.real("t_max") : 0.999;
    if (t_max <= t_min) throw p.error("t_max", "it must be greater than t_min");
    return std::make_unique<CosineSchedule>(p.real("offset"), t_min, t_max);
}

std::vector<Parameter> cosine_parameters() {
    Parameter form{"form", Type::text, Value("discrete"), "N timesteps with beta capped, or continuous time"};
    form.allowed = {"discrete", "continuous"};
    return of_timesteps(
        {form, positive_parameter("offset", 0.008, "the offset of t", 1.0),
         positive_parameter("max_beta", 0.999, "cap of beta, discrete form", 1.0 - 1e-12),
         positive_parameter("t_min", std::nullopt, "end of low noise, continuous form; default 0.001", 0.999),
         positive_parameter("t_max", std::nullopt, "end of high noise, continuous form; default 0.999", 1.0 - 1e-9)});
}

}  // namespace

void add_discrete_kinds(Registry<ScheduleFactory>& registry) {
    registry.add({"ddpm", "N timesteps, beta even from beta_min to beta_max, s^2 = prod(1 - beta) (Ho et al. 2020)",
                  with_common(of_timesteps({positive_parameter("beta_min", 1e-4, "first beta", 1.0 - 1e-12),
                                            positive_parameter("beta_max", 2e-2, "last beta", 1.0 - 1e-12)}),
                              "own", {})},
                 ddpm);
    registry.add({"iddpm", "N timesteps with the sigmas of the cosine schedule, s = 1 (Karras et al. 2022, table 1)",
                  with_common(of_timesteps({positive_parameter("c1", 1e-3, "least ratio of one step", 1.0 - 1e-12),
                                            positive_parameter("c2", 8e-3, "offset of t", 1.0)}),
                              "own", {})},
                 iddpm);
    registry.add({"cosine", "s^2 = cos^2((t + offset)/(1 + offset) pi/2) up to a constant (Nichol and Dhariwal 2021)",
                  with_common(cosine_parameters(), "own", {})},
                 cosine);
}

}  // namespace sigmaflow
