#include "sigmaflow/dynamics/registry.hpp"

#include "sigmaflow/dynamics/observables.hpp"
#include "sigmaflow/dynamics/solvers.hpp"

namespace sigmaflow {
namespace {

template <class Base, class Made>
std::unique_ptr<Base> plain(const Parameters&) {
    return std::make_unique<Made>();
}

Registry<SolverFactory> build_solvers() {
    Registry<SolverFactory> registry("solver");
    registry.add({"euler", "Euler's method in sigma, which is DDIM: order 1", {}}, plain<Solver, EulerSolver>);
    registry.add({"heun", "Heun's method in sigma (Karras et al. 2022): order 2", {}}, plain<Solver, HeunSolver>);
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
