#pragma once
/// \file
/// Adaptive Runge-Kutta pairs in tau = ln sigma. Every particle has its own step size and its own clock: nothing is
/// shared over a tile, so a particle's numbers do not depend on its neighbours.

#include <array>

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// An explicit pair of order 5 with an embedded method of order 4, of seven stages of which the last is the first of
/// the next step: k_i = k(z + h sum_j a_ij k_j; tau + c_i h), z' = z + h sum_j a_7j k_j, error = h sum_j e_j k_j.
struct EmbeddedPair {
    static constexpr int stages = 7;
    std::array<double, stages> c;
    std::array<std::array<double, stages>, stages> a;
    std::array<double, stages> e;
};

/// Dormand & Prince (1980), as in Hairer, Norsett & Wanner (1993), table II.5.2.
[[nodiscard]] const EmbeddedPair& dormand_prince();
/// Tsitouras (2011), Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying assumption.
[[nodiscard]] const EmbeddedPair& tsitouras();

struct Tolerances {
    double relative = 1e-6;
    double absolute = 1e-8;
    int max_steps = 10000;  ///< tried ones, per particle; then the particle's status is step_limit
};

/// Error per step, over x alone (channels never change a trajectory): the root mean square of
/// error_i / (absolute + relative max(|x_i|, |x_i'|)) must not exceed 1. Step sizes follow the PI controller of
/// Hairer, Norsett & Wanner (1993), II.4 and IV.2 (beta = 0.04, safety 0.9, factors 0.2 to 10), the first one their
/// algorithm of II.4. Lands exactly on the end of a step of the route.
class AdaptiveSolver final : public Solver {
  public:
    AdaptiveSolver(const EmbeddedPair& pair, const Tolerances& tolerances) : pair_(&pair), tolerances_(tolerances) {}
    SolverTraits traits() const override;
    double evaluations(const std::vector<double>& sigmas) const override;
    void advance(const Step& step) const override;

  private:
    const EmbeddedPair* pair_;
    Tolerances tolerances_;
};

}  // namespace sigmaflow
