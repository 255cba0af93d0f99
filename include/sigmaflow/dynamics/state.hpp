#pragma once
/// \file
/// The integrated state of a tile of particles: positions and the channels that observables ask for.

#include <array>

#include "sigmaflow/core/status.hpp"
#include "sigmaflow/core/tile.hpp"

namespace sigmaflow {

struct State {
    Tile x;            ///< d x w, x = x0 + sigma n coordinates
    Row sigma;         ///< noise level of every column
    Row log_jacobian;  ///< ln |det dx/dx_start|, the channel of the likelihood
    Tile data;         ///< x0 that the start was drawn from, d x w
    Tile noise;        ///< n that the start was drawn with, d x w
    std::array<ParticleStatus, kTileWidth> status{};

    explicit State(int dim)
        : x(Tile::Zero(dim, kTileWidth)),
          sigma(Row::Zero()),
          log_jacobian(Row::Zero()),
          data(Tile::Zero(dim, kTileWidth)),
          noise(Tile::Zero(dim, kTileWidth)) {}
};

}  // namespace sigmaflow
