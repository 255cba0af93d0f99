#pragma once
/// \file
/// One way to take a step. A solver is one short function with its formula and source, orthogonal to schedule, grid and
/// start.

#include "sigmaflow/dynamics/history.hpp"
#include "sigmaflow/dynamics/noise.hpp"
#include "sigmaflow/dynamics/probability_flow.hpp"
#include "sigmaflow/dynamics/state.hpp"

namespace sigmaflow {

/// Which ways along a grid a solver can go.
enum class Ways { both, down, up };

struct SolverTraits {
    double evaluations_per_step = 1.0;      ///< of the denoiser, for the plan
    int stages = 1;                         ///< scratch tiles that it wants of its History
    int memory = 0;                         ///< past tiles likewise
    int numbers = 0;                        ///< numbers per particle likewise
    bool needs_closed_form = false;         ///< works on Gaussian data and on the line only
    bool needs_contracted_moments = false;  ///< of the denoiser
    bool follows_flow = true;               ///< integrates the probability flow, so that likelihoods have a meaning
    bool draws_marginals = false;           ///< needs the x0 and n that a start was drawn from
    bool reaches_zero = false;              ///< has a step to sigma = 0 of its own; all others end with x = m
    bool any_clock = false;                 ///< can step y = s x in a schedule's own t
    bool adaptive = false;                  ///< chooses its steps, lands on recorded levels and counts its evaluations
    bool needs_log_density = false;         ///< of the denoiser
    bool stochastic = false;                ///< needs noise
    double path_ends = 0.0;                 ///< new ends on Brownian paths per step, for the plan
    Ways ways = Ways::both;
};

/// What is the same at all steps of a tile, beside flow and history.
struct Route {
    int sigmas = 0;          ///< how many positive ones it has
    Noise* noise = nullptr;  ///< not null for stochastic solvers
};

/// One step of a tile: all columns go from the sigma `from` to `to` > 0.
struct Step {
    ProbabilityFlow& flow;
    double from;
    double to;
    History& history;
    State& state;
    const Route& route;
};

class Solver {
  public:
    virtual ~Solver() = default;
    [[nodiscard]] virtual SolverTraits traits() const = 0;
    /// Evaluations of the denoiser along a route, for the plan.
    [[nodiscard]] virtual double evaluations(const std::vector<double>& sigmas) const {
        return static_cast<double>(sigmas.size() - 1) * traits().evaluations_per_step;
    }
    /// Moves step.state.z, which holds y = s x if the flow is scaled; sigma and, unless the solver is adaptive, the
    /// counts are kept by the caller.
    virtual void advance(const Step& step) const = 0;
};

/// Takes the state from the sigma of its columns to `to` >= 0 with `solver`. The step to 0 is x = m(x; sigma), unless
/// the solver has its own: the channels keep their last values then. Throws std::logic_error if a stochastic solver is
/// given no noise.
void advance(const Solver& solver, ProbabilityFlow& flow, double to, History& history, State& state,
             const Route& route = {});

}  // namespace sigmaflow
