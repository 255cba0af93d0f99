#pragma once
// What a step asks of the noise.

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// W(to^2) - W(from^2) on the path along v = sigma^2, in `out`.
inline const Tile& path_increment(const Step& step, double from, double to, Tile& out) {
    step.route.noise->increment(NoiseClock::variance, from * from, to * to, out);
    return out;
}
/// The same over the whole step.
inline const Tile& path_increment(const Step& step, Tile& out) { return path_increment(step, step.from, step.to, out); }

/// The next `length` of the path on a clock of the solver's own, in `out`.
inline const Tile& own_increment(const Step& step, NoiseClock clock, double length, Tile& out) {
    double& time = step.history.elapsed();
    const double next = time + length;
    step.route.noise->increment(clock, time, next, out);
    time = next;
    return out;
}

}  // namespace sigmaflow
