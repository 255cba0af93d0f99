#pragma once
/// \file
/// Means of random samples with their standard errors, in one pass (Welford 1962): sums run in the order of the
/// samples, so the bits depend on nothing else.

#include <cmath>
#include <cstdint>
#include <limits>

namespace sigmaflow {

class SampleMean {
  public:
    void add(double value) {
        const double delta = value - mean_;
        mean_ += delta / static_cast<double>(++count_);
        m2_ += delta * (value - mean_);
    }
    /// NaN without samples.
    [[nodiscard]] double mean() const { return count_ > 0 ? mean_ : std::numeric_limits<double>::quiet_NaN(); }
    /// sqrt(variance / n); NaN for fewer than two samples.
    [[nodiscard]] double standard_error() const {
        if (count_ < 2) return std::numeric_limits<double>::quiet_NaN();
        const auto n = static_cast<double>(count_);
        return std::sqrt(m2_ / (n - 1.0) / n);
    }

  private:
    std::int64_t count_ = 0;
    double mean_ = 0.0;
    double m2_ = 0.0;
};

/// The mean of a quantity beside which a control is drawn whose expectation is known: mean - b (mean of the control -
/// its expectation) with b = Cov / Var of the samples, which has the least variance. The bias is of order 1/n, less
/// than the standard error by a factor sqrt(n).
class ControlledMean {
  public:
    void add(double value, double control) {
        ++count_;
        const auto n = static_cast<double>(count_);
        const double delta = value - mean_;
        const double control_delta = control - control_mean_;
        mean_ += delta / n;
        control_mean_ += control_delta / n;
        m2_ += delta * (value - mean_);
        control_m2_ += control_delta * (control - control_mean_);
        product_ += delta * (control - control_mean_);
    }
    /// NaN for fewer than two samples.
    [[nodiscard]] double mean(double control_expectation) const {
        if (count_ < 2) return std::numeric_limits<double>::quiet_NaN();
        return mean_ - slope() * (control_mean_ - control_expectation);
    }
    /// NaN for fewer than three samples: the slope takes one.
    [[nodiscard]] double standard_error() const {
        if (count_ < 3) return std::numeric_limits<double>::quiet_NaN();
        const auto n = static_cast<double>(count_);
        return std::sqrt(std::fmax(m2_ - slope() * product_, 0.0) / (n - 2.0) / n);
    }

  private:
    [[nodiscard]] double slope() const { return control_m2_ > 0.0 ? product_ / control_m2_ : 0.0; }

    std::int64_t count_ = 0;
    double mean_ = 0.0;
    double control_mean_ = 0.0;
    double m2_ = 0.0;
    double control_m2_ = 0.0;
    double product_ = 0.0;
};

}  // namespace sigmaflow
