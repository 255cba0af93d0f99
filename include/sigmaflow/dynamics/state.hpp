#pragma once
/// \file
/// The integrated state of a tile of particles: positions and the channels that observables ask for, in one tile, so
/// that a solver's formula holds for all of them and every channel has the solver's order.

#include <algorithm>
#include <array>

#include "sigmaflow/core/status.hpp"
#include "sigmaflow/core/tile.hpp"

namespace sigmaflow {

/// As a number of tangents: d.
inline constexpr int kEveryDirection = -1;

/// What is integrated beside x.
struct Channels {
    bool log_jacobian = false;  ///< ln |det dx/dx_start|, the channel of the likelihood
    int tangents = 0;           ///< columns of dx/dx_start: how the start moves x along its first axes
    int probes = 0;             ///< estimates of ln |det dx/dx_start| from one fixed random vector each (Hutchinson)

    [[nodiscard]] Channels operator|(const Channels& other) const {
        return {log_jacobian || other.log_jacobian, std::max(tangents, other.tangents), std::max(probes, other.probes)};
    }
};

/// Which rows of a state are what: x, tangents (d rows each), ln |det|, probes. With lambda = -ln sigma the flow of all
/// rows is dz/dlambda = -a z + N(z; lambda): a = 1 in the decaying rows (x, where N is the denoiser m, and tangents v,
/// where it is Dm v), a = 0 in the rows of plain quadratures.
struct StateLayout {
    int dim = 0;
    Channels channels;

    [[nodiscard]] int tangents() const { return dim; }  ///< their first row
    [[nodiscard]] int tangent_rows() const { return dim * channels.tangents; }
    [[nodiscard]] int decaying() const { return dim + tangent_rows(); }
    [[nodiscard]] int log_jacobian() const { return decaying(); }
    [[nodiscard]] int probes() const { return decaying() + (channels.log_jacobian ? 1 : 0); }  ///< their first row
    [[nodiscard]] int rows() const { return probes() + channels.probes; }
};

struct State {
    StateLayout layout;
    Tile z;      ///< rows of the layout x w
    Row sigma;   ///< noise level of every column
    Tile data;   ///< x0 that the start was drawn from, d x w
    Tile noise;  ///< n that the start was drawn with, d x w
    std::array<ParticleStatus, kTileWidth> status{};
    Tile tangent_scale;             ///< ln s: the tangents are F of dx/dx_start = F diag(s) V^T (TangentFrame)
    Row steps = Row::Zero();        ///< taken so far
    Row rejected = Row::Zero();     ///< tried and thrown away by an adaptive solver
    Row evaluations = Row::Zero();  ///< of the denoiser
    Row accepted = Row::Zero();     ///< proposals that a Metropolis-adjusted solver has taken

    explicit State(const StateLayout& rows)
        : layout(rows),
          z(Tile::Zero(rows.rows(), kTileWidth)),
          sigma(Row::Zero()),
          data(Tile::Zero(rows.dim, kTileWidth)),
          noise(Tile::Zero(rows.dim, kTileWidth)),
          tangent_scale(Tile::Zero(rows.channels.tangents, kTileWidth)) {}

    /// Positions, d x w, in x = x0 + sigma n coordinates.
    [[nodiscard]] auto x() { return z.topRows(layout.dim); }
    [[nodiscard]] auto x() const { return z.topRows(layout.dim); }
    /// The rows of x and of what is scaled with it.
    [[nodiscard]] auto decaying() { return z.topRows(layout.decaying()); }
};

}  // namespace sigmaflow
