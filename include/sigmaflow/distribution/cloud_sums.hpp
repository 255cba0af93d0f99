#pragma once
/// \file
/// The posterior sums of a cloud of points at the columns of a tile, in one pass over the points: distances, an online
/// softmax, first and second moments. No table of points x particles stands in memory.
///
/// Sums are relative to the heaviest point of every column, which is left out of them: with r_k = e_k/(1 + rest),
///   sum_k r_k y_k = reference + first/(1 + rest).
/// So what faint points add keeps its relative accuracy, down to weights of 1e-307. When a later point is heavier, the
/// sums are moved to it: all terms of that move have one sign.

#include <Eigen/Core>
#include <array>
#include <memory>
#include <vector>

#include "sigmaflow/core/tile.hpp"

namespace sigmaflow {

/// Points with logarithms of their weights; both must outlive what looks at them.
struct WeightedPoints {
    Eigen::Map<const Eigen::MatrixXd> points;  ///< d x N
    const Eigen::VectorXd& log_weights;        ///< N
    const Eigen::VectorXd& squares;            ///< N: |y_k|^2
    double largest_square = 0.0;
};

class SpreadSums;

/// Which second moments are summed.
enum class Spread { none, trace, full };

class CloudSums {
  public:
    explicit CloudSums(int dim);
    ~CloudSums();
    CloudSums(const CloudSums&) = delete;
    CloudSums& operator=(const CloudSums&) = delete;

    /// Sums with weights w_k exp(-|x - y_k|^2 precision/2). O(N d) per column; O(N d^2) with full spread, for which
    /// `covariances` holds a d x d matrix per column. A column's bits depend on that column alone.
    ///
    /// Distances come from products of matrices where these are accurate: while (|x|^2 + max |y|^2) precision <=
    /// kMostForProducts, an exponent is off by at most that many eps. Elsewhere from differences of coordinates, whose
    /// error is a few eps of the exponent itself.
    void run(const WeightedPoints& cloud, const Tile& x, const Row& precision, Spread spread,
             std::vector<Eigen::MatrixXd>* covariances);

    static constexpr double kMostForProducts = 1000.0;
    static constexpr int kLeastForProducts = 6;  ///< dimensions
    static constexpr int kMostInTiles = 24;      ///< dimensions in which C is summed for all columns at once
    static constexpr int kMostBlock = 256;       ///< points at a time

    [[nodiscard]] const Tile& reference() const { return reference_; }
    /// sum_k r_k y_k - reference
    [[nodiscard]] const Tile& shift() const { return shift_; }
    /// ln sum_k exp l_k
    [[nodiscard]] Row log_sum() const;
    /// -sum_k r_k ln r_k, a sum of terms >= 0
    [[nodiscard]] Row entropy() const;
    /// sum_k r_k |y_k - sum r y|^2
    [[nodiscard]] const Row& trace() const { return trace_; }

  private:
    struct Block;
    void start(const Tile& x, const Row& precision, const WeightedPoints& cloud, Spread spread,
               std::vector<Eigen::MatrixXd>* covariances);
    void weigh(const WeightedPoints& cloud, const Tile& x, Block& block);
    void move_reference(const WeightedPoints& cloud, const Block& block);
    bool exponentiate(Block& block);
    void add(const WeightedPoints& cloud, const Block& block);
    void finish();

    int dim_;
    Row precision_, square_, by_products_;
    bool any_products_ = false;
    bool any_differences_ = false;
    bool with_spread_ = false;
    std::unique_ptr<Block> block_;
    std::unique_ptr<SpreadSums> spread_;
    Row largest_;                                    ///< max l so far
    std::array<std::int64_t, kTileWidth> heaviest_;  ///< where it stands
    Row rest_;                                       ///< sum_k e_k without the heaviest
    Row spread_of_logs_;                             ///< sum_k e_k (max l - l_k)
    Tile reference_, first_, part_, shift_;
    Row part_weight_;
    Row trace_;
};

}  // namespace sigmaflow
