#include "sigmaflow/dynamics/taylor.hpp"

#include "exponential_step.hpp"

namespace sigmaflow {

void TaylorSolver::advance(const Step& step) const {
    Tile& n = step.history.stage(0);
    Tile& first = step.history.stage(1);
    Tile& second = step.history.stage(2);
    Tile& z = step.state.z;
    const StateLayout& layout = step.state.layout;
    const double h = log_ratio(step);
    step.flow.target_derivatives(z, step.from, order_ - 1, n, first, second);
    frozen_step(layout, h, z, n, z);
    add_second(layout, h, h, first, z);
    if (order_ > 2) add_third(layout, h, h * h, second, z);
}

}  // namespace sigmaflow
