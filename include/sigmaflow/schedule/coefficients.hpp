#pragma once
/// \file
/// From the SDE's coefficients (f, g) back to (s, sigma).

#include <functional>

#include "sigmaflow/schedule/schedule.hpp"

namespace sigmaflow {

/// The scale at `t` of dy = f y dt + g dW that has `start` at `t_start`: s = s_0 exp(int f),
/// sigma^2 = sigma_0^2 + int g^2 / s^2 (Karras et al. 2022, eq. 12-15). Composite Gauss-Legendre quadrature, 30 nodes
/// on each of `panels` panels; smooth coefficients converge to rounding.
[[nodiscard]] Scale integrate_coefficients(const std::function<Coefficients(double)>& coefficients, double t_start,
                                           const Scale& start, double t, int panels = 64);

}  // namespace sigmaflow
