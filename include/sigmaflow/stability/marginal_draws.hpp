#pragma once
/// \file
/// Exact draws x = x0 + sigma n of p_sigma, with the same x0 and n at every sigma: curves against sigma are smooth, and
/// roots and differences along them do not feel the noise of the draws.

#include <algorithm>
#include <vector>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/stability/mean_estimate.hpp"

namespace sigmaflow {

/// Holds 2 d numbers per draw.
class MarginalDraws {
  public:
    /// One tile of draws; columns from `columns` on are padding.
    struct Piece {
        Tile x0;     ///< d x w
        Tile noise;  ///< d x w, n
        int columns = 0;
    };

    /// The particles first, first + 1, .. of the streams of `key`; count >= 1.
    MarginalDraws(const Distribution& law, const StreamKey& key, std::int64_t first, int count);
    /// x0 is one of the given points (d x n), each as often as the next; noise from the streams of `key`.
    MarginalDraws(const Eigen::Ref<const Eigen::MatrixXd>& points, const StreamKey& key, std::int64_t first, int count);

    [[nodiscard]] int count() const { return count_; }
    [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }

    /// The mean over the draws of `values(piece, x)`, a Row, x = x0 + sigma n; in the order of the draws.
    template <class PerTile>
    [[nodiscard]] MeanEstimate average(double sigma, PerTile values) const {
        SampleMean sum;
        Tile x;
        for (const Piece& piece : pieces_) {
            x = piece.x0 + sigma * piece.noise;
            const Row row = values(piece, x);
            for (int c = 0; c < piece.columns; ++c) sum.add(row[c]);
        }
        return estimate_of(sum);
    }

  private:
    void add_noise(const StreamKey& key, std::int64_t first, Piece& piece) const;

    int count_;
    std::vector<Piece> pieces_;
};

}  // namespace sigmaflow
