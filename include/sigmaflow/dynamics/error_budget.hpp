#pragma once
/// \file
/// Where a solver's error comes from: the local error of every step, carried by the tangent flow of the exact solution.

#include <Eigen/Core>
#include <memory>
#include <vector>

#include "sigmaflow/dynamics/solver.hpp"
#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {

/// With S_i the solver's step, phi_i the exact flow over it and e_i = S_i(x_i) - phi_i(x_i) the local error, the error
/// after n steps is x_n - phi(x_0) = sum_i [phi_in(x_{i+1}) - phi_in(phi_i(x_i))] = sum_i D phi_in e_i + O(e^2), phi_in
/// from the end of step i to there: an equality where the flow is linear, as on Gaussian data. Holds for any method;
/// the local errors of a multistep one contain those of its memory.
///
/// The exact flow is the closed form where there is one, else dopri5 at 1e-11: local errors below 1e-11 |x| are not
/// seen. Work: that of two such solutions, one of them with d tangents.
class ErrorBudget {
  public:
    ErrorBudget(const Distribution& law, int levels);

    /// At the start of the trajectories of a tile.
    void start(const State& state);
    /// After a step of the solver to a sigma > 0; what is recorded next is `level`.
    void step(const State& state, int level);

    /// Turns what follows into coordinates along the eigenvectors of J where the particles are, in the order of its
    /// ascending eigenvalues, each with the sign that makes the predicted error positive.
    void orient(const PosteriorTile& posterior);
    /// x - phi(x_0), d x w.
    void measured(Eigen::Ref<Tile> out) const;
    /// The sum of all contributions.
    void predicted(Eigen::Ref<Tile> out) const;
    /// The local errors of steps since the level before, carried to where the particles are.
    void contribution(int level, Eigen::Ref<Tile> out) const;

    /// Evaluations of the flow that step() takes along a route.
    [[nodiscard]] static double evaluations(const Distribution& law, const std::vector<double>& sigmas);

  private:
    [[nodiscard]] static std::unique_ptr<Solver> reference(const Distribution& law);
    void carry(Tile& vectors);
    void along(const Tile& vectors, Eigen::Ref<Tile> out) const;

    std::unique_ptr<Solver> solver_;
    ProbabilityFlow flow_;
    ProbabilityFlow tangent_flow_;
    History history_;
    History tangent_history_;
    State exact_;  ///< phi(x_0)
    State step_;   ///< phi_i(x_i) and its tangents
    Tile before_;  ///< x_i
    Tile total_;
    Tile carried_;
    std::vector<Tile> contributions_;    ///< per level
    std::vector<Eigen::MatrixXd> axes_;  ///< per particle
    SymmetricSpectrum spectrum_;
};

}  // namespace sigmaflow
