#pragma once
/// \file
/// Schedules given as formulas of t: s and sigma, from which (f, g) follow by numerical derivatives; or f and g, from
/// which (s, sigma) follow by integration (Karras et al. 2022, eq. 12-15).

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/numerics/antiderivative.hpp"
#include "sigmaflow/numerics/expression.hpp"
#include "sigmaflow/schedule/schedule.hpp"

namespace sigmaflow {

struct TimeRange {
    double min = 0.0;
    double max = 1.0;
};

/// s(t) and sigma(t). Rates are accurate to about 1e-13 of (1 / scale of t on which the formulas vary).
class ScaleFormulaSchedule final : public Schedule {
  public:
    /// InputError at `where` unless s is positive and finite and sigma strictly increasing, both with a derivative, at
    /// 1000 times of the range (sigma may be 0 at its beginning).
    ScaleFormulaSchedule(Expression s, Expression sigma, const TimeRange& range, const Location& where);
    Scale at(double t) const override { return {s_(t), sigma_(t)}; }
    Coefficients coefficients(double t) const override;
    double t_of_sigma(double sigma) const override;
    double t_min() const override { return range_.min; }
    double t_max() const override { return range_.max; }
    bool has_unit_scale() const override { return has_unit_scale_; }

  private:
    Expression s_;
    Expression sigma_;
    TimeRange range_;
    bool has_unit_scale_;
};

/// f(t) and g(t), with (s, sigma) given at the beginning of the range. ln s and sigma^2 are integrals of Chebyshev
/// interpolants: (s, sigma) to rounding for smooth formulas.
class CoefficientFormulaSchedule final : public Schedule {
  public:
    /// InputError at `where` unless f is finite and g finite and nonzero within the range, and s and sigma stay finite.
    CoefficientFormulaSchedule(Expression f, Expression g, const TimeRange& range, const Scale& start,
                               const Location& where);
    Scale at(double t) const override;
    Coefficients coefficients(double t) const override;
    double t_of_sigma(double sigma) const override;
    double t_min() const override { return range_.min; }
    double t_max() const override { return range_.max; }
    bool has_unit_scale() const override { return has_unit_scale_; }

  private:
    Expression f_;
    Expression g_;
    TimeRange range_;
    Scale start_;
    Antiderivative log_s_;
    Antiderivative variance_;
    bool has_unit_scale_;
};

}  // namespace sigmaflow
