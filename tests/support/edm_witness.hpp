#pragma once
/// \file
/// EDM's deterministic sampler on one-dimensional Gaussian data in 50 digits.

namespace sigmaflow::witness {

/// x_end / x_start of algorithm 2 of Karras et al. (2022) without churn on N(0, variance): n sigmas from 80 to 0.002 by
/// rho = 7, then 0.
[[nodiscard]] double edm_heun_factor(double variance, int n);

}  // namespace sigmaflow::witness
