#pragma once
/// \file
/// What a library would otherwise decide by the machine it finds itself on.

namespace sigmaflow {

/// Fixes the cache sizes that Eigen blocks its products by: detected ones differ between machines, and with them the
/// order of sums. Call once, before the first product.
void pin_numerics();

}  // namespace sigmaflow
