#pragma once
/// \file
/// The law of total cumulance: cumulants of a mixture from those of its components, for the columns of a tile
/// (docs/theory.md, section 6).

#include <Eigen/Core>
#include <array>

#include "sigmaflow/core/tile.hpp"
#include "sigmaflow/numerics/cumulants.hpp"

namespace sigmaflow {

/// Component k with weight r_k has the cumulants kappa_n^k. With their averages k_n = sum_k r_k kappa_n^k and
/// d_n^k = kappa_n^k - k_n, the generating function of the mixture is sum_n k_n t^n/n! + ln sum_k r_k exp(sum_n d_n^k
/// t^n/n!), so kappa_n = k_n + cumulant n of numbers with the moments sum_k r_k B_n(d_1^k .. d_n^k), B_n the complete
/// Bell polynomials. Only differences are multiplied: components that agree leave no rounding behind (kappa_4 of a
/// single Gaussian is exactly 0), and what is lost is of the order eps sum_k r_k (|d_1^k| + |d_2^k|^{1/2} + ..)^n.
///
/// Two passes over the components, in the same order: average() for each, centre(), spread() for each, finish().
/// Nothing is allocated after construction. Differences are scaled by a power of two of each column, so that sixth
/// powers neither overflow nor vanish; a cumulant that no double holds comes out infinite, never NaN.
class TotalCumulance {
  public:
    /// `depth` cumulants differ between components. Those that all of them share are the cumulants of an independent
    /// summand: add them to the result.
    explicit TotalCumulance(int depth);

    /// depth x w: the cumulants of the component of the largest weight in each column (or anything near them, such as
    /// zero for components that are centred already); differences are taken to it, so that what faint components add
    /// keeps its relative accuracy. To be set before start().
    Tile reference;

    /// Order of the highest cumulant wanted, at most kMostCumulants.
    void start(int order);
    /// Adds one component; `weight` may be off by a factor common to all, `cumulants` is depth x w.
    void average(const Row& weight, const Eigen::Ref<const Tile>& cumulants);
    /// `inverse_sum` is 1 / the sum of the weights.
    void centre(const Row& inverse_sum);
    void spread(const Row& weight, const Eigen::Ref<const Tile>& cumulants);
    /// kappa_1 .. kappa_order into the first rows of `out`.
    void finish(Eigen::Ref<Tile> out);

  private:
    int order_ = 0;
    Row inverse_sum_;
    Row size_;          ///< largest |d_n|^{1/n}
    Row unit_;          ///< a power of two of that size
    Row inverse_unit_;  ///< exactly
    Tile shift_;        ///< k_n - reference
    std::array<Row, kMostCumulants> moments_;
};

}  // namespace sigmaflow
