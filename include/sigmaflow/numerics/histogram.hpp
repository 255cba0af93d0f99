#pragma once
/// \file
/// Fixed logarithmic bins (core/field.hpp): a value to its bin, a bin to its edges, counts to quantiles. The counts
/// merge bitwise in any order, and a quantile read from them has a stated relative accuracy, as in DDSketch
/// (Masson et al. 2019), whose bins gamma^(i-1) < u <= gamma^i, gamma = (1+a)/(1-a), these are.

#include <cstdint>
#include <span>
#include <vector>

#include "sigmaflow/core/field.hpp"

namespace sigmaflow {

class BinIndex {
  public:
    explicit BinIndex(const BinScale& scale);

    /// Number of bins, the two open ones included.
    [[nodiscard]] int size() const { return size_; }
    /// The bin of a finite value. Bin edges are fixed numbers: the same value always meets the same bin.
    [[nodiscard]] int operator()(double value) const;
    /// The value that stands for a bin: within relative_accuracy (in u) of everything inside; for the open bins their
    /// finite edge.
    [[nodiscard]] double representative(int bin) const;
    /// Lower edge in u of bin b, b = 0 .. size(): -infinity first, +infinity last.
    [[nodiscard]] std::vector<double> edges() const;
    /// The q-quantile (0 <= q <= 1) of the counted values by the nearest-rank rule, in value space: the representative
    /// of the bin that holds the value of rank ceil(q n) in ascending order of the value. NaN without counts.
    [[nodiscard]] double quantile(std::span<const std::uint64_t> counts, double q) const;

  private:
    BinScale scale_;
    std::vector<double> upper_;  ///< upper edges in u of all bins but the last
    int size_ = 0;
    int per_side_ = 0;      ///< logarithmic bins on one side
    double per_log_ = 0.0;  ///< bins per unit of ln u
};

}  // namespace sigmaflow
