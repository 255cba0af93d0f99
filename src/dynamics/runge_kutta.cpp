#include "sigmaflow/dynamics/runge_kutta.hpp"

#include <cmath>

#include "one_step.hpp"

namespace sigmaflow {

void EulerSolver::advance(const Step& step) const {
    const ClockStep on(step, Clock::sigma);
    Tile& n = step.history.stage(0);
    Tile& z = step.state.z;
    if (on.clock == Clock::time) {
        on.slope(z, on.begin, n);
        z += on.length * n;
        return;
    }
    const int decaying = step.state.layout.decaying();
    const auto quadratures = z.rows() - decaying;
    step.flow.target(z, step.from, n);
    const auto m = n.topRows(decaying);
    z.topRows(decaying) = m + (z.topRows(decaying) - m) * (step.to / step.from);
    z.bottomRows(quadratures) += (step.to - step.from) * (-n.bottomRows(quadratures) / step.from);
}

void HeunSolver::advance(const Step& step) const {
    const ClockStep on(step, Clock::sigma);
    Tile& k1 = step.history.stage(0);
    on.slope(step.state.z, on.begin, k1);
    heun_step(on, step.state.z, k1, step.history.stage(1), step.history.stage(2));
}

void MidpointSolver::advance(const Step& step) const {
    const ClockStep on(step, Clock::sigma);
    Tile& k = step.history.stage(0);
    Tile& trial = step.history.stage(1);
    on.slope(step.state.z, on.begin, k);
    trial = step.state.z + 0.5 * on.length * k;
    on.slope(trial, on.begin + 0.5 * on.length, k);
    step.state.z += on.length * k;
}

void Dpm2Solver::advance(const Step& step) const {
    const ClockStep on(step, Clock::sigma);
    const double middle = std::sqrt(step.from * step.to);
    Tile& k = step.history.stage(0);
    Tile& trial = step.history.stage(1);
    on.slope(step.state.z, on.begin, k);
    trial = step.state.z + (middle - on.begin) * k;
    on.slope(trial, middle, k);
    step.state.z += on.length * k;
}

void Rk4Solver::advance(const Step& step) const {
    const ClockStep on(step, Clock::sigma);
    Tile& k1 = step.history.stage(0);
    on.slope(step.state.z, on.begin, k1);
    rk4_step(on, step.state.z, k1, step.history.stage(1), step.history.stage(2), step.history.stage(3));
}

}  // namespace sigmaflow
