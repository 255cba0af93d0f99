#include "sigmaflow/dynamics/registry.hpp"

#include "sigmaflow/dynamics/adams_bashforth.hpp"
#include "sigmaflow/dynamics/closed_forms.hpp"
#include "sigmaflow/dynamics/dpm_solver.hpp"
#include "sigmaflow/dynamics/observables.hpp"
#include "sigmaflow/dynamics/runge_kutta.hpp"

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
    registry.add({"exact", "closed form of the flow; Gaussian data only", {}}, plain<Solver, ExactGaussianSolver>);
    registry.add({"marginal", "x0 + sigma n afresh from p_sigma at each level, the same x0 and n; no flow", {}},
                 plain<Solver, MarginalSolver>);
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
    registry.add({"mmse", "tr C of the posterior; its mean is the minimum mean square error", {}},
                 plain<Observable, Mmse>);
    registry.add({"entropy", "entropy of the posterior weights, in nats", {}}, plain<Observable, WeightEntropy>);
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
