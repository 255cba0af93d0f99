#pragma once
/// \file
/// Counter-based random numbers (Philox4x64-10 of Random123; Salmon et al. 2011). A number is a pure function of
/// (seed, distribution, particle, purpose, index): layouts, restarts and sweeps share streams by construction.

#include <array>
#include <cstdint>

namespace sigmaflow {

/// What a stream is drawn for. The numbers are part of the result format: never renumber.
enum class Purpose : std::uint64_t {
    data = 0,
    start_noise = 1,
    brownian_path = 2,
    test = 3,
    arrangement = 4,  ///< of random points on a shell
    rotation = 5,     ///< of evenly spread points
    jitter = 6,
    held_out = 7,
    probes = 8,  ///< of traces (Hutchinson)
    churn_path = 9,
    langevin_path = 10,
    metropolis = 11  ///< decisions of MALA
};

/// The stream of one particle for one purpose.
class Stream {
  public:
    Stream(std::uint64_t seed, std::uint64_t distribution, std::int64_t particle, Purpose purpose);

    /// The next uniform in (0, 1): 53 bits, never 0 or 1.
    double uniform();
    /// The next standard normal (Box-Muller; two per counter block).
    double normal();
    /// The next 64 random bits.
    std::uint64_t bits();

  private:
    void refill();

    std::array<std::uint64_t, 2> key_;
    std::array<std::uint64_t, 4> counter_;
    std::array<std::uint64_t, 4> block_{};
    int used_ = 4;
    double spare_ = 0.0;
    bool has_spare_ = false;
};

/// Seed and distribution of a family of streams.
struct StreamKey {
    std::uint64_t seed = 0;
    std::uint64_t distribution = 0;

    [[nodiscard]] Stream stream(std::int64_t particle, Purpose purpose) const {
        return {seed, distribution, particle, purpose};
    }
    /// Standard normals 4 block .. 4 block + 3 at a `place` of one's own numbering, in any order and as often as
    /// wanted; place 0 is where stream() begins. Those beyond the first `count` may stay 0.
    [[nodiscard]] std::array<double, 4> normals_at(std::int64_t particle, Purpose purpose, std::uint64_t place,
                                                   std::uint64_t block, int count = 4) const;
    /// The uniform in (0, 1) at a place.
    [[nodiscard]] double uniform_at(std::int64_t particle, Purpose purpose, std::uint64_t place) const;
};

}  // namespace sigmaflow
