#include "sigmaflow/dynamics/registry.hpp"

#include "sigmaflow/dynamics/adams_bashforth.hpp"
#include "sigmaflow/dynamics/closed_forms.hpp"
#include "sigmaflow/dynamics/dpm_solver.hpp"
#include "sigmaflow/dynamics/embedded_pairs.hpp"
#include "sigmaflow/dynamics/error_observables.hpp"
#include "sigmaflow/dynamics/hutchinson.hpp"
#include "sigmaflow/dynamics/observables.hpp"
#include "sigmaflow/dynamics/runge_kutta.hpp"
#include "sigmaflow/dynamics/tangent_observables.hpp"
#include "sigmaflow/dynamics/taylor.hpp"
#include "stochastic_kinds.hpp"

namespace sigmaflow {
namespace {

template <class Base, class Made>
std::unique_ptr<Base> plain(const Parameters&) {
    return std::make_unique<Made>();
}

/// A solver that a constant tells from its kin.
template <class Made, auto choice>
std::unique_ptr<Solver> chosen(const Parameters&) {
    return std::make_unique<Made>(choice);
}

std::vector<Parameter> tolerance_parameters() {
    std::vector<Parameter> out = {
        {"rtol", Type::real, Value(1e-6), "error allowed in a step, relative to |x|"},
        {"atol", Type::real, Value(1e-8), "error allowed in a step, absolute"},
        {"max_steps", Type::integer, Value(10000), "steps of one particle, rejected ones included, before it fails"}};
    for (auto& parameter : out) {
        parameter.least = 0.0;
        parameter.least_excluded = true;
    }
    out.back().most = 1e9;
    return out;
}

template <const EmbeddedPair& (*pair)()>
std::unique_ptr<Solver> adaptive(const Parameters& p) {
    return std::make_unique<AdaptiveSolver>(
        pair(), Tolerances{p.real("rtol"), p.real("atol"), static_cast<int>(p.integer("max_steps"))});
}

std::unique_ptr<Observable> steps(const Parameters&) {
    return std::make_unique<SolverCount>("steps", "steps taken since the start", &State::steps);
}

std::unique_ptr<Observable> rejected_steps(const Parameters&) {
    return std::make_unique<SolverCount>("rejected_steps", "steps tried and thrown away since the start",
                                         &State::rejected);
}

std::unique_ptr<Observable> evaluations(const Parameters&) {
    return std::make_unique<SolverCount>("evaluations", "evaluations of the denoiser by the solver since the start",
                                         &State::evaluations);
}

std::unique_ptr<Observable> accepted(const Parameters&) {
    return std::make_unique<SolverCount>("accepted", "proposals taken since the start", &State::accepted);
}

template <GlobalError::Kind kind>
std::unique_ptr<Observable> global_error(const Parameters&) {
    return std::make_unique<GlobalError>(kind);
}

Parameter probes_parameter(double least) {
    Parameter out{"probes", Type::integer, Value(8), "random vectors per particle; quantities share the first ones"};
    out.least = least;
    out.most = 4096;
    return out;
}

/// A quantity that takes a number of probes.
template <class Made>
std::unique_ptr<Observable> with_probes(const Parameters& p) {
    return std::make_unique<Made>(static_cast<int>(p.integer("probes")));
}

Parameter directions_parameter() {
    Parameter out{"k", Type::integer, Value(0), "start along the first k coordinate axes only; 0: all d"};
    out.least = 0;
    out.most = 65536;
    return out;
}

/// A quantity of the tangent map.
template <class Made>
std::unique_ptr<Observable> of_tangents(const Parameters& p) {
    const auto k = static_cast<int>(p.integer("k"));
    return std::make_unique<Made>(k == 0 ? kEveryDirection : k);
}

Registry<SolverFactory> build_solvers() {
    Registry<SolverFactory> registry("solver");
    registry.add({"euler", "Euler's method in sigma, which is DDIM: order 1", {}}, plain<Solver, EulerSolver>);
    registry.add({"heun", "Heun's method in sigma (Karras et al. 2022): order 2", {}}, plain<Solver, HeunSolver>);
    registry.add({"midpoint", "midpoint rule in sigma: order 2", {}}, plain<Solver, MidpointSolver>);
    registry.add({"dpm2", "midpoint rule in sigma at the geometric mean of the two (DPM-Solver-2): order 2", {}},
                 plain<Solver, Dpm2Solver>);
    registry.add({"rk4", "the classical Runge-Kutta method in sigma: order 4", {}}, plain<Solver, Rk4Solver>);
    registry.add({"ab2", "Adams-Bashforth in ln sigma, variable steps: order 2", {}}, chosen<AdamsBashforthSolver, 2>);
    registry.add({"ab3", "Adams-Bashforth in ln sigma, variable steps: order 3", {}}, chosen<AdamsBashforthSolver, 3>);
    registry.add({"ab4", "Adams-Bashforth in ln sigma, variable steps: order 4", {}}, chosen<AdamsBashforthSolver, 4>);
    registry.add({"dpmpp_2s", "DPM-Solver++ singlestep: order 2", {}}, plain<Solver, DpmPP2SSolver>);
    registry.add({"dpmpp_2m", "DPM-Solver++ multistep: order 2", {}}, plain<Solver, DpmPP2MSolver>);
    registry.add({"dpmpp_3m", "DPM-Solver++(3M) with the third term as published: order 2", {}},
                 chosen<DpmPP3MSolver, ThirdTerm::published>);
    registry.add({"dpmpp_3m_corrected", "DPM-Solver++(3M) with twice the published third term: order 3", {}},
                 chosen<DpmPP3MSolver, ThirdTerm::corrected>);
    registry.add({"taylor2", "Taylor method with dm/dlambda from exact posterior moments: order 2", {}},
                 chosen<TaylorSolver, 2>);
    registry.add({"taylor3", "Taylor method with two derivatives of m from exact posterior moments: order 3", {}},
                 chosen<TaylorSolver, 3>);
    registry.add({"dopri5", "Dormand-Prince 5(4) in ln sigma, steps chosen per particle", tolerance_parameters()},
                 adaptive<dormand_prince>);
    registry.add({"tsit5", "Tsitouras 5(4) in ln sigma, steps chosen per particle", tolerance_parameters()},
                 adaptive<tsitouras>);
    registry.add({"exact", "closed form of the flow: Gaussian data, mixtures and points in one dimension", {}},
                 plain<Solver, ExactSolver>);
    registry.add({"marginal", "x0 + sigma n afresh from p_sigma at each level, the same x0 and n; no flow", {}},
                 plain<Solver, MarginalSolver>);
    add_stochastic_solvers(registry);
    return registry;
}

Registry<ObservableFactory> build_observables() {
    Registry<ObservableFactory> registry("quantity");
    registry.add({"positions", "position x, d coordinates", {}}, plain<Observable, Positions>);
    registry.add({"mean", "posterior mean m(x; sigma), d coordinates", {}}, plain<Observable, PosteriorMean>);
    registry.add({"spectrum", "eigenvalues of J = I - C/sigma^2, ascending", {}}, plain<Observable, Spectrum>);
    registry.add({"log_density", "ln p_sigma(x) in closed form", {}}, plain<Observable, LogDensity>);
    registry.add({"likelihood", "ln p_sigma(x) integrated along the flow, exact trace", {}},
                 plain<Observable, Likelihood>);
    registry.add({"likelihood_hutchinson",
                  "ln p_sigma(x) integrated along the flow, trace from random probes",
                  {probes_parameter(1)}},
                 with_probes<HutchinsonLikelihood>);
    registry.add({"likelihood_hutchinson_error",
                  "standard error of likelihood_hutchinson over its probes",
                  {probes_parameter(2)}},
                 with_probes<HutchinsonError>);
    registry.add({"singular_values", "singular values of dx/dx_start, descending", {directions_parameter()}},
                 of_tangents<MapSingularValues>);
    registry.add({"lyapunov", "finite-time Lyapunov exponents in ln sigma, ascending", {directions_parameter()}},
                 of_tangents<LyapunovExponents>);
    registry.add({"conditioning", "largest over smallest singular value of dx/dx_start", {directions_parameter()}},
                 of_tangents<Conditioning>);
    registry.add({"global_error", "error of x against the exact flow, along the eigenvectors of J", {}},
                 global_error<GlobalError::Kind::measured>);
    registry.add({"predicted_error", "the same from local errors of all steps, carried by the tangent flow", {}},
                 global_error<GlobalError::Kind::predicted>);
    registry.add({"error_budget", "part of the predicted error at the end that each level's steps cause", {}},
                 plain<Observable, ErrorContribution>);
    registry.add({"round_trip_error", "distance to where a round trip passed on its way up", {}},
                 plain<Observable, RoundTripError>);
    registry.add({"steps", "steps taken since the start", {}}, steps);
    registry.add({"rejected_steps", "steps that an adaptive solver threw away since the start", {}}, rejected_steps);
    registry.add({"evaluations", "evaluations of the denoiser by the solver since the start", {}}, evaluations);
    registry.add({"accepted", "proposals that a Metropolis-adjusted solver has taken since the start", {}}, accepted);
    registry.add({"mmse", "tr C of the posterior; its mean is the minimum mean square error", {}},
                 plain<Observable, Mmse>);
    registry.add({"entropy", "entropy of the posterior weights, in nats", {}}, plain<Observable, WeightEntropy>);
    registry.add({"class_entropy", "entropy of the posterior over classes, in nats; labelled data only", {}},
                 plain<Observable, ClassEntropy>);
    return registry;
}

}  // namespace

const Registry<SolverFactory>& solvers() {
    static const Registry<SolverFactory> registry = build_solvers();
    return registry;
}

const Registry<ObservableFactory>& observables() {
    static const Registry<ObservableFactory> registry = build_observables();
    return registry;
}

}  // namespace sigmaflow
