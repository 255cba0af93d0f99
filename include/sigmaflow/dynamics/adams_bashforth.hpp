#pragma once
/// \file
/// Adams-Bashforth methods in tau = ln sigma for any steps, even or not.

#include <array>

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

inline constexpr int kMostAdamsBashforth = 4;

/// w_j = int_0^h l_j(u) du with the Lagrange polynomials l_j on nodes[0] .. nodes[order - 1]: the weights of a step of
/// length h from node 0 (Hairer, Norsett & Wanner 1993, III.5). Exact: the integrand has degree < 4, which two Gauss
/// points integrate.
[[nodiscard]] std::array<double, kMostAdamsBashforth> adams_bashforth_weights(
    const std::array<double, kMostAdamsBashforth>& nodes, int order, double h);

/// z' = z + sum_j w_j k_j with the slopes dz/dtau of the last `order` steps. One evaluation a step; the first order - 1
/// steps are taken by a one-step method of the same order (Heun, Kutta, the classical one).
class AdamsBashforthSolver final : public Solver {
  public:
    /// order = 2, 3 or 4.
    explicit AdamsBashforthSolver(int order) : order_(order) {}
    SolverTraits traits() const override {
        return {.evaluations_per_step = 1.0, .stages = 3, .memory = order_, .any_clock = true};
    }
    void advance(const Step& step) const override;

  private:
    int order_;
};

}  // namespace sigmaflow
