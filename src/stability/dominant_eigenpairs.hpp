#pragma once
// The largest eigenvalues of a symmetric positive semi-definite operator that is known by its products with blocks of
// vectors: all that a covariance in high dimension allows.

#include <Eigen/Core>
#include <functional>

#include "sigmaflow/core/tile.hpp"
#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {

/// out = A v for the 32 columns of v, d x w.
using BlockProduct = std::function<void(const Tile& v, Tile& out)>;

/// Up to d = 32 from the whole matrix, beyond by a block Krylov space from a fixed random block, grown until the first
/// value's residual is below 1e-9 of it: its error, of second order, is rounding. At most 12 blocks.
class DominantEigenpairs {
  public:
    explicit DominantEigenpairs(int dim);

    /// The `count` largest eigenpairs of the d x d operator (all, if d is less), values descending.
    [[nodiscard]] EigenPairs operator()(const BlockProduct& apply, int count) const;

  private:
    Eigen::MatrixXd start_;  ///< orthonormal, d x min(d, 32)
};

}  // namespace sigmaflow
