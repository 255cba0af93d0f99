#pragma once
// One step of dz/du = k(z, u) by one-step methods, on any clock: solvers of their own and the starts of multistep ones.

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// A step as a clock sees it.
struct ClockStep {
    ClockStep(const Step& step, Clock preferred)
        : flow(step.flow),
          clock(flow.clock(preferred)),
          begin(flow.on_clock(clock, step.from)),
          end(flow.on_clock(clock, step.to)),
          length(end - begin) {}

    /// k(z, u)
    void slope(const Tile& z, double u, Tile& out) const { flow.slope(clock, z, u, out); }

    ProbabilityFlow& flow;
    Clock clock;
    double begin;
    double end;
    double length;
};

// k1 = k(z, begin) is given; the other tiles are scratch.

/// Heun's method, order 2.
void heun_step(const ClockStep& step, Tile& z, const Tile& k1, Tile& k2, Tile& trial);
/// Kutta's method of order 3: nodes 0, 1/2, 1, weights 1/6, 4/6, 1/6.
void kutta3_step(const ClockStep& step, Tile& z, const Tile& k1, Tile& k2, Tile& k3, Tile& trial);
/// The classical method of order 4.
void rk4_step(const ClockStep& step, Tile& z, const Tile& k1, Tile& k, Tile& sum, Tile& trial);

}  // namespace sigmaflow
