#include "sigmaflow/numerics/reproducible.hpp"

#include <Eigen/Core>

namespace sigmaflow {

void pin_numerics() { Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 4 << 20); }

}  // namespace sigmaflow
