#pragma once
/// \file
/// Stationary points in many dimensions, with the k softest eigenvalues of J: C is only multiplied with vectors.

#include <vector>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/numerics/decompositions.hpp"
#include "sigmaflow/stability/stationary_point.hpp"

namespace sigmaflow {

/// The k least eigenvalues of J = I - C/sigma^2, ascending, with their eigenvectors, by an implicitly restarted Lanczos
/// method (Spectra) with tolerance 1e-10, from a fixed start. 1 <= k < d. Throws std::runtime_error if it does not
/// converge in 1000 restarts. Work: some 2 k + 20 products with C and more where eigenvalues crowd.
[[nodiscard]] EigenPairs softest_eigenpairs(const PosteriorAt& posterior, double sigma, int k);

/// What a search in many dimensions found; it does not claim to be complete.
struct SparseStationarySet {
    std::vector<StationaryPoint> points;  ///< with k eigenvalues and eigenvectors; the index counts among these
    int starts = 0;
    int lost = 0;  ///< starts that did not converge
};

/// Ascends from the columns of `starts` (d x n) by mean shift, finishes with Newton's method (conjugate gradients for J
/// s = F), and looks for saddles of index 1 between neighbouring modes, whose Newton steps take the k softest
/// directions apart. The posterior must know mean derivatives.
[[nodiscard]] SparseStationarySet find_sparse_stationary_points(const Distribution& law, double sigma,
                                                                const Eigen::MatrixXd& starts, int k);

}  // namespace sigmaflow
