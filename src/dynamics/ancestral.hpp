#pragma once
// How an ancestral step from sigma to sigma' < sigma is cut in two: a deterministic step further down than sigma', and
// fresh noise back up to it.

namespace sigmaflow {

struct AncestralCut {
    double down;               ///< sigma_down, the end of the deterministic part
    double up;                 ///< sigma_up, the standard deviation of the noise; down^2 + up^2 = sigma'^2
    double per_root_variance;  ///< sigma_up / sqrt(sigma^2 - sigma'^2), the factor of the Brownian increment
};

/// sigma_up = min(eta sigma'/sigma sqrt(sigma^2 - sigma'^2), sigma'): more noise than sigma' holds there is none to
/// give, so a larger eta counts as the largest possible one, sigma / sqrt(sigma^2 - sigma'^2).
[[nodiscard]] AncestralCut ancestral_cut(double from, double to, double eta);

}  // namespace sigmaflow
