#pragma once
/// \file
/// Particles on their way down the probability flow, a tile at a time, to where they end.

#include "sigmaflow/dynamics/embedded_pairs.hpp"
#include "sigmaflow/dynamics/history.hpp"
#include "sigmaflow/dynamics/probability_flow.hpp"

namespace sigmaflow {

/// The pair of Dormand and Prince (1980) in ln sigma with a step size per particle. The error allowed in a step is
/// `tolerance` (|x| + least_sigma): far below the size of whatever p_sigma shows at the levels it goes through.
class FlowDescent {
  public:
    /// The law must outlive this.
    FlowDescent(const Distribution& law, double tolerance, double least_sigma);

    /// Sets off from the columns of x (d x w) at sigma.
    void start(const Tile& x, double sigma);
    /// On to sigma > 0.
    void descend(double sigma);
    /// Positions, d x w; NaN in columns that needed too many steps.
    [[nodiscard]] Tile x() const { return state_.x(); }
    [[nodiscard]] bool is_lost(int column) const { return !state_.x().col(column).allFinite(); }

    /// Of one tile through `levels` from the first to the last.
    [[nodiscard]] static Work cost(const Distribution& law, double tolerance, const std::vector<double>& levels);

  private:
    AdaptiveSolver solver_;
    ProbabilityFlow flow_;
    History history_;
    State state_;
};

}  // namespace sigmaflow
