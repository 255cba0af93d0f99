#pragma once
/// \file
/// Posterior weights r_k of the components of a mixture, and the second moment of what they weigh: the two pieces that
/// every mixture denoiser shares.

#include <array>
#include <vector>

#include "sigmaflow/core/tile.hpp"
#include "sigmaflow/distribution/denoiser.hpp"
#include "sigmaflow/numerics/total_cumulance.hpp"

namespace sigmaflow {

/// Softmax over components for the columns of a tile. Fill row k of `table` with ln(pi_k p(x | k)) up to a constant of
/// the column, then normalise.
struct PosteriorWeights {
    explicit PosteriorWeights(Eigen::Index components) : table(components, kTileWidth) {
        active.reserve(static_cast<std::size_t>(components));
    }

    /// Turns the logarithms into e_k = exp(l_k - max l), with r_k = e_k * inverse_sum. What falls below 1e-307 is zero.
    void normalise();
    /// ln sum_k exp l_k.
    [[nodiscard]] Row log_sum() const;
    /// -sum_k r_k ln r_k without cancellation: ln(1 + rest) + sum_k r_k (max l - l_k), all terms >= 0.
    [[nodiscard]] Row entropy() const;

    Tile table;                              ///< K x w: logarithms, then e_k
    std::array<int, kTileWidth> dominant{};  ///< component of the largest weight in each column
    std::vector<int> active;                 ///< components with a weight above zero in any column
    Row inverse_sum;                         ///< 1 / sum_k e_k

  private:
    Row largest_;  ///< max l
    Row rest_;     ///< sum_k e_k without the dominant component
    Row spread_;   ///< sum_k e_k (max l - l_k)
};

/// kappa_1 .. kappa_order of a mixture into the first rows of `out`. Rows k depth, k depth + 1 .. of `table` are the
/// cumulants of component k, as many as `law` was made for; its reference is set here.
void total_cumulants(const PosteriorWeights& weights, const Tile& table, int order, TotalCumulance& law,
                     Eigen::Ref<Tile> out);

/// Lower triangle (or only the diagonal) of one symmetric d x d matrix per column, summed in tile layout. The diagonal
/// has the same bits in both forms.
class SecondMoment {
  public:
    explicit SecondMoment(int dim);

    void start(bool diagonal_only);
    /// += weight * e e^T, e being d x w.
    void add(const Row& weight, const Tile& e);
    /// += weight * u u^T, u the same d numbers in all columns.
    void add(const Row& weight, const double* u);
    /// factor * sums + amount * I, into the trace and, unless diagonal only, into C.
    void finish(const Row& factor, const Row& amount, PosteriorTile& out) const;

  private:
    [[nodiscard]] Eigen::Index row(int i, int j) const {
        return diagonal_only_ ? i : Eigen::Index{i} * (i + 1) / 2 + j;
    }

    int dim_;
    bool diagonal_only_ = true;
    Tile sums_;
};

}  // namespace sigmaflow
