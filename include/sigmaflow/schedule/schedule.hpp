#pragma once
/// \file
/// Noise schedules: t -> (s, sigma), y_t = s x0 + s sigma n, equivalently dy = f y dt + g dW with f = s'/s and
/// g = s sqrt(2 sigma sigma') (Karras et al. 2022, eq. 4 and 12). Clock and scale only; which sigmas a solver visits is
/// the grid.

#include <memory>
#include <string>
#include <vector>

namespace sigmaflow {

struct Scale {
    double s = 1.0;
    double sigma = 0.0;
};

/// The linear SDE of a schedule, dy = f y dt + g dW.
struct Coefficients {
    double f = 0.0;
    double g = 0.0;
};

/// d/dt of a Scale.
struct ScaleRates {
    double s = 0.0;
    double sigma = 0.0;
};

/// d/dt of ln s and ln sigma.
struct LogRates {
    double s = 0.0;
    double sigma = 0.0;
};

class Schedule {
  public:
    virtual ~Schedule() = default;
    [[nodiscard]] virtual Scale at(double t) const = 0;
    [[nodiscard]] virtual Coefficients coefficients(double t) const = 0;
    /// (ln s)' = f and (ln sigma)' = g^2 / (2 s^2 sigma^2), sigma > 0.
    [[nodiscard]] LogRates log_rates(double t) const;
    /// s' and sigma', sigma > 0.
    [[nodiscard]] ScaleRates rates(double t) const;
    /// The t in [t_min, t_max] with that sigma, to rounding: at(t_of_sigma(sigma)).sigma is sigma within a few ulp of
    /// t.
    [[nodiscard]] virtual double t_of_sigma(double sigma) const = 0;
    [[nodiscard]] virtual double t_min() const = 0;
    [[nodiscard]] virtual double t_max() const = 0;
    [[nodiscard]] double sigma_min() const { return at(t_min()).sigma; }
    [[nodiscard]] double sigma_max() const { return at(t_max()).sigma; }
    /// True if s = 1 at every t: y is x.
    [[nodiscard]] virtual bool has_unit_scale() const { return false; }
    /// The times of a schedule that is defined at timesteps only, increasing: the grid `own` takes its sigmas from
    /// them. Empty for a schedule in continuous time.
    [[nodiscard]] virtual std::vector<double> timesteps() const { return {}; }
};

}  // namespace sigmaflow
