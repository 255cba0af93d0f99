#pragma once
/// \file
/// Singular values of long products of matrices, each to its own relative accuracy, for all columns of a tile at once.

#include <Eigen/Core>
#include <span>

#include "sigmaflow/core/tile.hpp"

namespace sigmaflow {

/// Per particle a d x n matrix A = F diag(s) V^T: the columns of F one below the other in n d rows of a tile, ln s in
/// the n rows of another, V left out. A product A_m ... A_1 is followed by applying the next factor to F alone and
/// calling orthogonalise(), which makes F orthonormal again: one-sided Jacobi rotations on F diag(s) (Hestenes 1958),
/// done so that only ratios s_i/s_j <= 1 occur. F is well conditioned, so every s is known to a relative accuracy of
/// eps times the sum of the condition numbers of the factors, however small it is (Demmel and Veselic 1992): diagonals
/// of accumulated triangular factors are no singular values, and their product as a matrix loses what is below eps.
class GradedColumns {
  public:
    /// n <= d columns.
    GradedColumns(int dim, int count) : dim_(dim), count_(count) {}

    /// Every tile has n d rows from `first_row` on: those of the first one are F and become orthonormal; the others
    /// undergo the same operations on columns. A particle's numbers depend on it alone, and NaN stays NaN. Up to
    /// kMostSweeps sweeps of n^2/2 rotations of 6 d t flops for t tiles and 6 d for their angles; two or three do, once
    /// columns are graded.
    void orthogonalise(std::span<Tile* const> tiles, Eigen::Index first_row, Tile& log_scale) const;

    /// Flops per particle, of the usual number of sweeps.
    [[nodiscard]] static double flops(double dim, double count, double tiles);

    static constexpr int kMostSweeps = 40;

  private:
    struct Rotation;

    [[nodiscard]] Rotation rotation(const Tile& frame, Eigen::Index first_row, int i, int j,
                                    const Tile& log_scale) const;
    void rotate(Tile& tile, Eigen::Index first_row, int i, int j, const Rotation& by) const;
    void normalise(std::span<Tile* const> tiles, Eigen::Index first_row, const bool* which, Tile& log_scale) const;

    int dim_;
    int count_;
};

}  // namespace sigmaflow
