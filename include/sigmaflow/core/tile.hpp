#pragma once
/// \file
/// The unit of numerical work: a tile of particles. One particle is one column. The width is a constant and spare
/// columns are padding, so that a particle's bits depend neither on its neighbours nor on the layout of the job.
/// Storage is row-major: coordinate i of all particles is contiguous, and loops over columns vectorise.

#include <Eigen/Core>
#include <cstdint>

namespace sigmaflow {

inline constexpr int kTileWidth = 32;

using Tile = Eigen::Matrix<double, Eigen::Dynamic, kTileWidth, Eigen::RowMajor>;  ///< d x w
using Row = Eigen::Array<double, 1, kTileWidth>;                                  ///< one number per particle

/// A run of particles of one point: first, first + 1, ... first + count - 1, count <= kTileWidth in a tile.
struct ParticleRange {
    std::int64_t first = 0;
    int count = 0;
};

}  // namespace sigmaflow
