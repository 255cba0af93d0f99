#include "one_step.hpp"

namespace sigmaflow {

void heun_step(const ClockStep& step, Tile& z, const Tile& k1, Tile& k2, Tile& trial) {
    const double h = step.length;
    trial = z + h * k1;
    step.slope(trial, step.end, k2);
    z += 0.5 * h * (k1 + k2);
}

void kutta3_step(const ClockStep& step, Tile& z, const Tile& k1, Tile& k2, Tile& k3, Tile& trial) {
    const double h = step.length;
    trial = z + 0.5 * h * k1;
    step.slope(trial, step.begin + 0.5 * h, k2);
    trial = z + h * (2.0 * k2 - k1);
    step.slope(trial, step.end, k3);
    z += h / 6.0 * (k1 + 4.0 * k2 + k3);
}

void rk4_step(const ClockStep& step, Tile& z, const Tile& k1, Tile& k, Tile& sum, Tile& trial) {
    const double h = step.length;
    const double middle = step.begin + 0.5 * h;
    trial = z + 0.5 * h * k1;
    step.slope(trial, middle, k);
    sum = k1 + 2.0 * k;
    trial = z + 0.5 * h * k;
    step.slope(trial, middle, k);
    sum += 2.0 * k;
    trial = z + h * k;
    step.slope(trial, step.end, k);
    z += h / 6.0 * (sum + k);
}

}  // namespace sigmaflow
