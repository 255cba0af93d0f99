#pragma once
/// \file
/// A positive quantity known at increasing times: its logarithm is interpolated by the monotone piecewise cubic of
/// Fritsch and Carlson (1980), so it is smooth to first order and increases between the rows where the rows do.

#include <memory>
#include <vector>

namespace sigmaflow {

class LogCurve {
  public:
    /// Four rows or more; t strictly increasing, values positive.
    LogCurve(std::vector<double> t, std::vector<double> values);
    ~LogCurve();
    LogCurve(LogCurve&&) noexcept;
    LogCurve& operator=(LogCurve&&) noexcept;

    [[nodiscard]] const std::vector<double>& t() const { return t_; }
    [[nodiscard]] const std::vector<double>& values() const { return values_; }
    /// The value at t, clamped to the ends; a row's own value to the last bit.
    [[nodiscard]] double at(double t) const;
    /// d ln value / dt.
    [[nodiscard]] double log_rate(double t) const;
    /// The t at which a strictly increasing curve has `value`, clamped to the ends: bisection to the last bit.
    [[nodiscard]] double t_of(double value) const;

  private:
    struct Cubic;

    std::vector<double> t_;
    std::vector<double> values_;
    std::unique_ptr<Cubic> log_;
};

}  // namespace sigmaflow
