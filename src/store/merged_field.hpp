#pragma once
// The statistics of one field at one point: blocks merged in their order.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sigmaflow/numerics/histogram.hpp"
#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// A field of a group that has X_mean, X_m2, X_min, X_max and X_bins.
struct StatisticField {
    std::string name;
    std::size_t mean = 0;  ///< positions in Group::task_variables()
    std::size_t m2 = 0;
    std::size_t min = 0;
    std::size_t max = 0;
    std::size_t bins = 0;
    std::uint64_t components = 1;
    std::uint64_t bin_count = 0;
    Element bin_element = Element::u16;
    std::optional<BinIndex> scale;  ///< when X_bins says what its bins are
};

/// The fields of a group, in the order of the file. std::runtime_error when the scale of a histogram does not have as
/// many bins as the histogram.
[[nodiscard]] std::vector<StatisticField> statistic_fields(const Group& group);

/// Rows of one block, by their role.
struct FieldRows {
    std::span<const std::byte> mean, m2, min, max, bins;
};

/// Arrays are [level][component], bins [level][component][bin].
class MergedField {
  public:
    MergedField(const StatisticField& field, std::uint64_t levels);

    /// Adds a block with `counts` valid particles at each level. Mean and sum of squared deviations are merged
    /// pairwise: Chan, Golub, LeVeque 1983.
    void add(std::span<const std::uint64_t> counts, const FieldRows& rows);

    [[nodiscard]] const std::vector<double>& mean() const { return mean_; }
    [[nodiscard]] const std::vector<double>& min() const { return min_; }
    [[nodiscard]] const std::vector<double>& max() const { return max_; }
    [[nodiscard]] const std::vector<std::uint64_t>& bins() const { return bins_; }
    /// m2 / (n - 1); NaN below two values.
    [[nodiscard]] std::vector<double> variance() const;
    /// sqrt(variance / n)
    [[nodiscard]] std::vector<double> standard_error() const;
    /// [level][component][quantile]; NaN without a scale or values.
    [[nodiscard]] std::vector<double> quantiles(std::span<const double> probabilities) const;

  private:
    const StatisticField& field_;
    std::vector<double> count_, mean_, m2_, min_, max_;
    std::vector<std::uint64_t> bins_;
};

}  // namespace sigmaflow
