#pragma once
/// \file
/// The cosine schedule in continuous time (Nichol and Dhariwal 2021).

#include "sigmaflow/schedule/schedule.hpp"

namespace sigmaflow {

/// s^2 = abar(t) = cos^2(theta) / cos^2(theta_0), theta = (t + offset) / (1 + offset) pi/2, and s^2 (1 + sigma^2) = 1.
/// With b = theta - theta_0: sigma^2 = sin(b) sin(2 theta_0 + b) / cos^2(theta), which cancels nowhere.
class CosineSchedule final : public Schedule {
  public:
    CosineSchedule(double offset, double t_min, double t_max);
    Scale at(double t) const override;
    Coefficients coefficients(double t) const override;
    double t_of_sigma(double sigma) const override;
    double t_min() const override { return t_min_; }
    double t_max() const override { return t_max_; }

  private:
    /// cos(theta) from the distance to pi/2, exact where it vanishes.
    [[nodiscard]] double cosine(double t) const;

    double rate_;   ///< d theta / dt
    double start_;  ///< theta_0
    double t_min_;
    double t_max_;
};

}  // namespace sigmaflow
