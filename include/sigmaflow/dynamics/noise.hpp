#pragma once
/// \file
/// Where stochastic solvers get their noise: one Brownian path per particle, which is there before any solver asks. It
/// is asked for by interval, never by the number of a step, so that all solvers, grids and step counts see the same
/// path.

#include <array>

#include "sigmaflow/core/tile.hpp"
#include "sigmaflow/distribution/denoiser.hpp"
#include "sigmaflow/numerics/random.hpp"

namespace sigmaflow {

/// What a path runs along. Paths on different clocks are independent.
enum class NoiseClock {
    variance,  ///< v = sigma^2 > 0, of the forward process and the reverse SDEs
    churn,     ///< ln of the factors by which a solver has raised sigma^2 so far, >= 0
    langevin   ///< Langevin time in units of sigma^2, summed over all levels, >= 0
};

/// The noise of the particles of one tile.
class Noise {
  public:
    virtual ~Noise() = default;
    /// out = W(to) - W(from), d x w: N(0, |to - from| I) for every particle, independent over disjoint intervals.
    virtual void increment(NoiseClock clock, double from, double to, Tile& out) = 0;
    /// One number of (0, 1) per particle for the decision at a Langevin time.
    virtual void decision(double time, Row& out) = 0;
};

/// Paths from counter-based random numbers. A clock is cut into cells: the octaves [2^k, 2^(k+1)) of v, the units
/// [k, k+1) of the other clocks. Inside a cell the path is a Brownian bridge, halved `depth` times towards the wanted
/// time (Levy's construction); every node is one normal keyed by (seed, distribution, particle, purpose, cell, node,
/// coordinate). In the last interval [a, b] the path is W = W_a + f (W_b - W_a) + sqrt(f (1 - f) (b - a)) xi, f = (t -
/// a)/(b - a), with one xi per interval, as in the VirtualBrownianTree of diffrax (Jelincic, Foster & Kidger 2024).
/// So W is a continuous function of t, a pure one of t and the particle. The law of W at any set of times is exact if
/// no two of them lie in one last interval, 2^-20 of a cell: then increments are too small. An increment costs O(depth)
/// normals per coordinate, for the new end only (the last two ends are kept). Allocates nothing after construction.
class BrownianPaths final : public Noise {
  public:
    static constexpr int depth = 20;

    BrownianPaths(const StreamKey& key, int dim);
    /// Turns to other particles; spare columns repeat the last one.
    void follow(const ParticleRange& range);
    void increment(NoiseClock clock, double from, double to, Tile& out) override;
    void decision(double time, Row& out) override;
    /// Work of one new end for `width` particles.
    [[nodiscard]] static Work cost(int dim, int width);

  private:
    /// A time as its cell and the fraction of it that is past.
    struct Place {
        int cell;
        double fraction;
        double length;  ///< of the cell
    };
    /// W at a time, from the beginning of its cell on.
    struct Known {
        bool valid = false;
        NoiseClock clock = NoiseClock::variance;
        double time = 0.0;
        Tile value;
    };

    static Place locate(NoiseClock clock, double time);
    static double cell_length(NoiseClock clock, int cell);
    const Tile& value_at(NoiseClock clock, double time);
    void descend(NoiseClock clock, const Place& place, Tile& value);
    /// normal_ = the normals of a node of a cell; node 0 is the whole cell's, 1 its middle, 2 i and 2 i + 1 below i.
    void draw(NoiseClock clock, int cell, std::uint64_t node);

    StreamKey key_;
    int dim_;
    std::array<std::int64_t, kTileWidth> particles_{};
    std::array<Known, 2> known_;  ///< the one used last comes first
    Tile right_;
    Tile normal_;
    Tile sum_;
};

}  // namespace sigmaflow
