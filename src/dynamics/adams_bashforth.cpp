#include "sigmaflow/dynamics/adams_bashforth.hpp"

#include <cmath>

#include "one_step.hpp"

namespace sigmaflow {

std::array<double, kMostAdamsBashforth> adams_bashforth_weights(const std::array<double, kMostAdamsBashforth>& nodes,
                                                                int order, double h) {
    std::array<double, kMostAdamsBashforth> weights{};
    for (const double gauss : {-std::sqrt(1.0 / 3.0), std::sqrt(1.0 / 3.0)}) {
        const double u = nodes[0] + 0.5 * h * (1.0 + gauss);
        for (std::size_t j = 0; j < static_cast<std::size_t>(order); ++j) {
            double lagrange = 1.0;
            for (std::size_t i = 0; i < static_cast<std::size_t>(order); ++i) {
                if (i != j) lagrange *= (u - nodes[i]) / (nodes[j] - nodes[i]);
            }
            weights[j] += 0.5 * h * lagrange;
        }
    }
    return weights;
}

void AdamsBashforthSolver::advance(const Step& step) const {
    const ClockStep on(step, Clock::log_sigma);
    History& history = step.history;
    Tile& z = step.state.z;
    Tile& k1 = history.push(on.begin);
    on.slope(z, on.begin, k1);
    if (history.length() < order_) {
        if (order_ == 2) return heun_step(on, z, k1, history.stage(0), history.stage(1));
        if (order_ == 3) return kutta3_step(on, z, k1, history.stage(0), history.stage(1), history.stage(2));
        return rk4_step(on, z, k1, history.stage(0), history.stage(1), history.stage(2));
    }
    std::array<double, kMostAdamsBashforth> nodes{};
    for (int j = 0; j < order_; ++j) nodes[static_cast<std::size_t>(j)] = history.clock(j);
    const auto weights = adams_bashforth_weights(nodes, order_, on.length);
    for (int j = 0; j < order_; ++j) z += weights[static_cast<std::size_t>(j)] * history.past(j);
}

}  // namespace sigmaflow
