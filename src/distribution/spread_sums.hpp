#pragma once
// Second moments about the mean, merged block by block, so that nothing cancels: for groups of weights n1, n2 and means
// m1, m2 the sum of squared deviations is S1 + S2 + (m2 - m1)(m2 - m1)^T n1 n2/(n1 + n2) (Chan, Golub, LeVeque 1983).

#include <Eigen/Core>
#include <vector>

#include "sigmaflow/distribution/cloud_sums.hpp"

namespace sigmaflow {

/// One sum per column of a tile: the diagonal alone, or with it what is below, in tile layout while that fits into
/// caches, else as a matrix per column.
class SpreadSums {
  public:
    explicit SpreadSums(int dim);

    void start(Spread what, std::vector<Eigen::MatrixXd>* matrices);
    /// S = factor (S + weight d d^T) in every column.
    void merge(const Tile& d, const Row& weight, const Row& factor);
    /// S += sum_k e_k c_k c_k^T, c_k = y_k - reference - mean, over points first .. first + count - 1; e is count x w.
    void add(const WeightedPoints& cloud, Eigen::Index first, int count, const double* e, const Tile& reference,
             const Tile& mean);
    /// The matrices become symmetric and times `factor`; the trace of each is returned.
    [[nodiscard]] Row finish(const Row& factor);

  private:
    void add_in_tiles(const WeightedPoints& cloud, Eigen::Index first, int count, const double* e,
                      const Tile& reference, const Tile& mean);
    template <int n>
    void add_entries(int i, int j, int together);
    void add_diagonal(const WeightedPoints& cloud, Eigen::Index first, int count, const double* e,
                      const Tile& reference, const Tile& mean);
    void add_by_columns(const WeightedPoints& cloud, Eigen::Index first, int count, const double* e,
                        const Tile& reference, const Tile& mean);
    [[nodiscard]] bool in_tiles() const { return matrices_ != nullptr && dim_ <= kMostInTiles; }
    [[nodiscard]] static Eigen::Index row(int i, int j) { return Eigen::Index{i} * (i - 1) / 2 + j; }

    static constexpr int kMostInTiles = CloudSums::kMostInTiles;
    static constexpr int kTogether = 4;  ///< points whose deviations are kept at a time

    int dim_;
    std::vector<Eigen::MatrixXd>* matrices_ = nullptr;
    Tile diagonal_;            ///< always summed by itself, so that traces have the same bits with and without C
    Tile triangle_;            ///< what is below it
    Tile centred_, weighted_;  ///< kTogether x d rows
    Eigen::MatrixXd scaled_;   ///< d x block: sqrt(e) c of one column
};

}  // namespace sigmaflow
