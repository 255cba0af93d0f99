#pragma once
/// \file
/// A quantity recorded per particle at chosen levels.

#include <memory>
#include <vector>

#include "sigmaflow/core/field.hpp"
#include "sigmaflow/distribution/denoiser.hpp"
#include "sigmaflow/dynamics/state.hpp"
#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {

class ErrorBudget;

/// What an observable asks for.
struct Requirements {
    Needs posterior = {};       ///< of the denoiser, at recorded levels
    Channels channels = {};     ///< of the state, along the whole trajectory
    bool outbound = false;      ///< where a round trip passed the level on its way up
    bool error_budget = false;  ///< the solver's error and its parts
    bool at_the_end = false;    ///< every level is observed once the last one is reached
};

/// A recorded moment of a tile.
struct Snapshot {
    const State& state;
    const PosteriorTile& posterior;  ///< at (x, sigma) of the state
    const Row& start_log_density;    ///< ln of the density that the start was drawn from
    double start_sigma;              ///< where the trajectory began
    const ErrorBudget* budget;       ///< where somebody asked for it
    int level;                       ///< that is recorded
    const Tile& outbound;            ///< x at this level on the way up of a round trip
    SymmetricSpectrum& spectrum;     ///< scratch
    Eigen::MatrixXd& matrix;         ///< scratch, d x d
};

class Observable {
  public:
    virtual ~Observable() = default;
    [[nodiscard]] virtual Field field(int dim) const = 0;
    [[nodiscard]] virtual Requirements requirements() const = 0;
    /// Writes components x kTileWidth numbers.
    virtual void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const = 0;
};

}  // namespace sigmaflow
