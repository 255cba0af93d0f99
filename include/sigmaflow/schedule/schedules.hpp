#pragma once
/// \file
/// The analytic schedules (docs/theory.md, section 2; Song et al. 2021, Karras et al. 2022). In all of them sigma
/// increases with t.

#include "sigmaflow/schedule/schedule.hpp"

namespace sigmaflow {

/// Variance exploding: s = 1, sigma = sigma_min (sigma_max / sigma_min)^t, t in [0, 1].
class VeSchedule final : public Schedule {
  public:
    VeSchedule(double sigma_min, double sigma_max);
    Scale at(double t) const override;
    Coefficients coefficients(double t) const override;
    double t_of_sigma(double sigma) const override;
    double t_min() const override { return 0.0; }
    double t_max() const override { return 1.0; }
    bool has_unit_scale() const override { return true; }

  private:
    double sigma_min_;
    double log_ratio_;
};

/// Integrated noise rate of the variance-preserving family: beta(t) = beta_min + t (beta_max - beta_min),
/// B(t) = int_0^t beta, s = exp(-B / 2).
struct LinearBeta {
    double beta_min = 0.1;
    double beta_max = 20.0;

    [[nodiscard]] double rate(double t) const { return beta_min + t * (beta_max - beta_min); }
    [[nodiscard]] double integral(double t) const { return t * (beta_min + 0.5 * t * (beta_max - beta_min)); }
    /// The t with integral(t) = b, without cancellation.
    [[nodiscard]] double t_of_integral(double b) const;
};

/// What vp and sub-VP share: the scale s = exp(-B / 2) on t in [t_min, 1].
class LinearBetaSchedule : public Schedule {
  public:
    LinearBetaSchedule(LinearBeta beta, double t_min) : beta_(beta), t_min_(t_min) {}
    double t_min() const override { return t_min_; }
    double t_max() const override { return 1.0; }

  protected:
    [[nodiscard]] const LinearBeta& beta() const { return beta_; }

  private:
    LinearBeta beta_;
    double t_min_;
};

/// Variance preserving: s^2 sigma^2 = 1 - s^2, so sigma^2 = expm1(B).
class VpSchedule final : public LinearBetaSchedule {
  public:
    using LinearBetaSchedule::LinearBetaSchedule;
    Scale at(double t) const override;
    Coefficients coefficients(double t) const override;
    double t_of_sigma(double sigma) const override;
};

/// Sub-VP: s^2 sigma^2 = (1 - s^2)^2, so sigma = 2 sinh(B / 2).
class SubVpSchedule final : public LinearBetaSchedule {
  public:
    using LinearBetaSchedule::LinearBetaSchedule;
    Scale at(double t) const override;
    Coefficients coefficients(double t) const override;
    double t_of_sigma(double sigma) const override;
};

/// EDM: s = 1, sigma = t, t in [sigma_min, sigma_max].
class EdmSchedule final : public Schedule {
  public:
    EdmSchedule(double sigma_min, double sigma_max) : t_min_(sigma_min), t_max_(sigma_max) {}
    Scale at(double t) const override { return {1.0, t}; }
    Coefficients coefficients(double t) const override;
    double t_of_sigma(double sigma) const override { return sigma; }
    double t_min() const override { return t_min_; }
    double t_max() const override { return t_max_; }
    bool has_unit_scale() const override { return true; }

  private:
    double t_min_;
    double t_max_;
};

/// Ornstein-Uhlenbeck: s = exp(-t), s^2 sigma^2 = 1 - exp(-2t), so sigma^2 = expm1(2t).
class OuSchedule final : public Schedule {
  public:
    OuSchedule(double sigma_min, double sigma_max);
    Scale at(double t) const override;
    Coefficients coefficients(double t) const override;
    double t_of_sigma(double sigma) const override;
    double t_min() const override { return t_min_; }
    double t_max() const override { return t_max_; }

  private:
    double t_min_;
    double t_max_;
};

/// sigma = sqrt(t), s = 1, so dy = dW: the VE column of Karras et al. 2022, table 1.
class SqrtSchedule final : public Schedule {
  public:
    SqrtSchedule(double sigma_min, double sigma_max) : t_min_(sigma_min * sigma_min), t_max_(sigma_max * sigma_max) {}
    Scale at(double t) const override;
    Coefficients coefficients(double) const override { return {0.0, 1.0}; }
    double t_of_sigma(double sigma) const override { return sigma * sigma; }
    double t_min() const override { return t_min_; }
    double t_max() const override { return t_max_; }
    bool has_unit_scale() const override { return true; }

  private:
    double t_min_;
    double t_max_;
};

/// Rectified flow (Liu et al. 2022), the straight line between data and noise: s = 1 - t, s sigma = t.
class RectifiedSchedule final : public Schedule {
  public:
    RectifiedSchedule(double t_min, double t_max) : t_min_(t_min), t_max_(t_max) {}
    Scale at(double t) const override { return {1.0 - t, t / (1.0 - t)}; }
    Coefficients coefficients(double t) const override;
    double t_of_sigma(double sigma) const override { return sigma / (1.0 + sigma); }
    double t_min() const override { return t_min_; }
    double t_max() const override { return t_max_; }

  private:
    double t_min_;
    double t_max_;
};

}  // namespace sigmaflow
