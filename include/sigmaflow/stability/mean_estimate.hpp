#pragma once
/// \file
/// A mean over independent draws with its standard error.

#include <cmath>
#include <cstdint>
#include <limits>

namespace sigmaflow {

struct MeanEstimate {
    double mean = std::numeric_limits<double>::quiet_NaN();
    double error = std::numeric_limits<double>::quiet_NaN();  ///< standard error; 0 where the mean is exact
    std::int64_t draws = 0;                                   ///< 0 where the mean is exact
};

[[nodiscard]] inline MeanEstimate exactly(double value) { return {value, 0.0, 0}; }

/// Welford's sums: no cancellation where the spread is small beside the mean.
class MeanAccumulator {
  public:
    void add(double value) {
        ++draws_;
        const double off = value - mean_;
        mean_ += off / static_cast<double>(draws_);
        squares_ += off * (value - mean_);
    }
    /// The error needs two draws, the mean one; NaN without.
    [[nodiscard]] MeanEstimate estimate() const {
        MeanEstimate out;
        out.draws = draws_;
        if (draws_ > 0) out.mean = mean_;
        if (draws_ > 1) out.error = std::sqrt(squares_ / static_cast<double>(draws_ - 1) / static_cast<double>(draws_));
        return out;
    }

  private:
    std::int64_t draws_ = 0;
    double mean_ = 0.0;
    double squares_ = 0.0;
};

}  // namespace sigmaflow
