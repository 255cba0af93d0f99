#pragma once
/// \file
/// The tangent flow dPhi/dtau = J Phi, Phi = dx/dx_start, kept well conditioned between the steps of a solver.

#include <vector>

#include "sigmaflow/dynamics/history.hpp"
#include "sigmaflow/dynamics/state.hpp"
#include "sigmaflow/numerics/graded_columns.hpp"

namespace sigmaflow {

/// The rows of tangents in a state are F of Phi = F diag(s) V^T, ln s its tangent_scale; V is not kept. A solver steps
/// F as it steps x. The flow of tangents is linear, so F may be replaced by F A between two steps, with any A, if the
/// slopes that a solver remembers are multiplied by the same A: that is what orthogonalise() does, with the A that
/// makes F orthonormal again. A trajectory of x is not touched, and the solver's order in Phi is that in x.
/// An adaptive solver is interrupted at its landings only: between two recorded levels its F may lose what is below
/// eps.
class TangentFrame {
  public:
    /// For solvers that remember `memory` slopes.
    TangentFrame(const StateLayout& layout, int memory);

    /// Phi = the first columns of the identity.
    void start(State& state) const;
    /// After every step. tangent_scale then holds the logarithms of the singular values of Phi, in no order.
    void orthogonalise(History& history, State& state);

  private:
    StateLayout layout_;
    GradedColumns columns_;
    std::vector<Tile*> tiles_;  ///< the state and what is remembered
};

}  // namespace sigmaflow
