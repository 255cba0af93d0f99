#pragma once
// What a polynomial N(lambda) adds to the flow dz/dlambda = -a z + N over a step of length h (StateLayout): the pieces
// of DPM-Solver++ and of the Taylor methods.

#include "sigmaflow/dynamics/solver.hpp"

namespace sigmaflow {

/// h = lambda' - lambda = ln(sigma / sigma').
[[nodiscard]] double log_ratio(const Step& step);

/// out = e^-ah z + h phi_1 n: the flow for a constant n; `out` may be z.
void frozen_step(const StateLayout& layout, double h, const Tile& z, const Tile& n, Tile& out);
/// z += factor h phi_2 e, for e = h N'.
void add_second(const StateLayout& layout, double h, double factor, const Tile& e, Tile& z);
/// z += factor h phi_3 e, for e = h^2 N''.
void add_third(const StateLayout& layout, double h, double factor, const Tile& e, Tile& z);

}  // namespace sigmaflow
