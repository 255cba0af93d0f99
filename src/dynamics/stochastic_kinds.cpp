#include "stochastic_kinds.hpp"

#include "sigmaflow/dynamics/dpm_sde.hpp"
#include "sigmaflow/dynamics/langevin.hpp"
#include "sigmaflow/dynamics/reverse_sde.hpp"
#include "sigmaflow/dynamics/runge_kutta.hpp"

namespace sigmaflow {
namespace {

Parameter non_negative(const char* name, double fallback, const char* meaning) {
    Parameter parameter{name, Type::real, Value(fallback), meaning};
    parameter.least = 0.0;
    return parameter;
}

Parameter choice(const char* name, std::vector<std::string> allowed, const char* meaning) {
    Parameter parameter{name, Type::text, Value(allowed.front()), meaning};
    parameter.allowed = std::move(allowed);
    return parameter;
}

Parameter count(const char* name, std::int64_t fallback, double least, const char* meaning) {
    Parameter parameter{name, Type::integer, Value(fallback), meaning};
    parameter.least = least;
    parameter.most = 1e6;
    return parameter;
}

Parameter eta() { return non_negative("eta", 1.0, "noise: 0 is the flow, 1 is Anderson's reverse SDE"); }

std::vector<Parameter> churn_parameters() {
    return {non_negative("churn", 40.0, "S_churn: noise added at every step, divided by the number of sigmas"),
            non_negative("churn_min", 0.05, "S_min: least sigma at which noise is added"),
            non_negative("churn_max", 50.0, "S_max: largest sigma at which noise is added"),
            non_negative("noise", 1.0, "S_noise: factor of the added noise; 1 keeps the marginals")};
}

Parameter step_length() {
    Parameter h{"h", Type::real, Value(0.2), "length of a Langevin step in units of sigma^2"};
    h.least = 1e-5;  // Brownian paths resolve 1e-6
    h.most = 4.0;
    return h;
}

std::vector<Parameter> walk_parameters(bool with_begin) {
    std::vector<Parameter> out = {step_length(), count("steps", 100, 1.0, "Langevin steps on every level")};
    if (with_begin) {
        out.push_back(choice("begin", {"marginal", "above"},
                             "start of the walk on a level: x0 + sigma n, or the end of the walk on the level before"));
    }
    return out;
}

Walk walk_of(const Parameters& p) {
    const bool annealed = !p.has("begin") || p.text("begin") == "above";
    return {p.real("h"), static_cast<int>(p.integer("steps")), annealed ? WalkBegin::above : WalkBegin::marginal};
}

template <class Made>
std::unique_ptr<Solver> of_eta(const Parameters& p) {
    return std::make_unique<Made>(p.real("eta"));
}

template <class Made>
std::unique_ptr<Solver> of_walk(const Parameters& p) {
    return std::make_unique<Made>(walk_of(p));
}

std::unique_ptr<Solver> edm_churn(const Parameters& p) {
    return std::make_unique<EdmChurnSolver>(
        Churn{p.real("churn"), p.real("churn_min"), p.real("churn_max"), p.real("noise")});
}

std::unique_ptr<Solver> dpmpp_sde(const Parameters& p) {
    return std::make_unique<DpmPPSdeSolver>(p.real("eta"), p.real("r"));
}

std::unique_ptr<Solver> dpmpp_2m_sde(const Parameters& p) {
    const SlopeRule rule = p.text("solver_type") == "heun" ? SlopeRule::heun : SlopeRule::midpoint;
    return std::make_unique<DpmPP2MSdeSolver>(p.real("eta"), rule);
}

std::unique_ptr<Solver> forward_sde(const Parameters&) { return std::make_unique<ForwardSdeSolver>(); }

std::unique_ptr<Solver> predictor(const Parameters& p) {
    const std::string& kind = p.text("predictor");
    if (kind == "euler") return std::make_unique<EulerSolver>();
    if (kind == "heun") return std::make_unique<HeunSolver>();
    if (kind == "euler_maruyama") return std::make_unique<EulerMaruyamaSolver>(1.0);
    return std::make_unique<AncestralSolver>(1.0);
}

std::unique_ptr<Solver> predictor_corrector(const Parameters& p) {
    return std::make_unique<PredictorCorrectorSolver>(predictor(p), static_cast<int>(p.integer("corrections")),
                                                      p.real("snr"));
}

Parameter node() {
    Parameter r{"r", Type::real, Value(0.5), "where the second evaluation stands, as a fraction of the step"};
    r.least = 0.0;
    r.least_excluded = true;
    r.most = 1.0;
    return r;
}

Parameter snr() {
    Parameter ratio{"snr", Type::real, Value(0.16), "signal-to-noise ratio of a correction, whose length is 4 snr^2"};
    ratio.least = 2e-3;
    ratio.most = 1.0;
    return ratio;
}

}  // namespace

void add_stochastic_solvers(Registry<SolverFactory>& registry) {
    registry.add({"euler_maruyama", "Euler-Maruyama in sigma, down or up: weak order 1", {eta()}},
                 of_eta<EulerMaruyamaSolver>);
    registry.add({"ancestral", "ancestral sampling, DDPM at eta = 1, DDIM at 0: weak order 1", {eta()}},
                 of_eta<AncestralSolver>);
    registry.add({"sde_heun", "stochastic Heun method in sigma, down or up: weak order 2", {eta()}},
                 of_eta<SdeHeunSolver>);
    registry.add({"edm_churn", "EDM's stochastic sampler (Karras et al. 2022): weak order 2", churn_parameters()},
                 edm_churn);
    registry.add({"dpmpp_sde", "DPM-Solver++ SDE, singlestep: weak order 2", {eta(), node()}}, dpmpp_sde);
    registry.add({"dpmpp_2m_sde",
                  "DPM-Solver++(2M) SDE: weak order 2",
                  {eta(), choice("solver_type", {"midpoint", "heun"}, "how the slope of the denoiser enters")}},
                 dpmpp_2m_sde);
    registry.add({"forward_sde", "the forward process, exact; needs direction = \"up\"", {}}, forward_sde);
    registry.add({"langevin", "unadjusted Langevin steps at every level", walk_parameters(true)},
                 of_walk<LangevinSolver>);
    registry.add({"annealed_langevin", "unadjusted Langevin steps from level to level", walk_parameters(false)},
                 of_walk<LangevinSolver>);
    registry.add({"mala", "Metropolis-adjusted Langevin steps at every level", walk_parameters(true)},
                 of_walk<MalaSolver>);
    registry.add({"predictor_corrector",
                  "a step of another solver, then Langevin steps at the new sigma",
                  {choice("predictor", {"ancestral", "euler_maruyama", "euler", "heun"}, "the solver, eta = 1"),
                   count("corrections", 1, 0.0, "Langevin steps at every sigma"), snr()}},
                 predictor_corrector);
}

}  // namespace sigmaflow
