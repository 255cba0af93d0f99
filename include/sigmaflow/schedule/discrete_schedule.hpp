#pragma once
/// \file
/// Schedules that are defined at N timesteps only: DDPM and its relatives. The time is the number of the timestep,
/// t = 0 .. N-1, as samplers count it; between two of them ln sigma is interpolated monotonically.

#include <vector>

#include "sigmaflow/schedule/schedule.hpp"

namespace sigmaflow {

class LogCurve;

/// How the scale of a schedule follows from its sigma.
enum class ScaleRule {
    unit,                 ///< s = 1
    variance_preserving,  ///< s^2 (1 + sigma^2) = 1
};

class DiscreteSchedule final : public Schedule {
  public:
    /// At least 4 positive sigmas, strictly increasing, of the timesteps 0, 1, ...
    DiscreteSchedule(std::vector<double> sigmas, ScaleRule rule);
    ~DiscreteSchedule() override;
    Scale at(double t) const override;
    Coefficients coefficients(double t) const override;
    double t_of_sigma(double sigma) const override;
    double t_min() const override { return 0.0; }
    double t_max() const override;
    bool has_unit_scale() const override { return rule_ == ScaleRule::unit; }
    std::vector<double> timesteps() const override;

  private:
    std::unique_ptr<LogCurve> sigma_;
    ScaleRule rule_;
};

/// sigma_j^2 = 1 / prod_{i <= j} (1 - beta_i) - 1 for j = 0 .. N-1, beta_i even from beta_min to beta_max (Ho et al.
/// 2020).
[[nodiscard]] std::vector<double> linear_beta_sigmas(double beta_min, double beta_max, int timesteps);

/// The same with 1 - beta_i = max(abar((i+1)/N) / abar(i/N), least_ratio), abar(t) = cos^2((t + offset)/(1 + offset)
/// pi/2) (Nichol and Dhariwal 2021, eq. 17, with beta capped at 1 - least_ratio). Run backwards it is the recursion of
/// iDDPM in Karras et al. 2022, table 1, with C_1 = least_ratio and C_2 = offset: u_N = 0, u_{j-1}^2 + 1 = (u_j^2 + 1)
/// / max(a_{j-1} / a_j, C_1), a_j = sin^2(pi/2 j / (N (C_2 + 1))).
[[nodiscard]] std::vector<double> cosine_sigmas(double offset, double least_ratio, int timesteps);

}  // namespace sigmaflow
