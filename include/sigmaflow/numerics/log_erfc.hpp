#pragma once
/// \file
/// ln erfc(z) at any z: erfc itself underflows beyond 26.5.

namespace sigmaflow {

/// Relative accuracy 1e-15 of the larger of |ln erfc z| and 1. z = +-infinity gives -infinity and ln 2.
[[nodiscard]] double log_erfc(double z);

}  // namespace sigmaflow
