#pragma once
/// \file
/// From many starts to stationary points: Newton's method in the eigenbasis of J, many starts at a time.

#include <optional>
#include <vector>

#include "sigmaflow/stability/gradient_system.hpp"
#include "sigmaflow/stability/stationary_point.hpp"

namespace sigmaflow {

/// Where a search begins and what it is for.
struct SearchStart {
    Eigen::VectorXd x;
    /// The search climbs along the `index` softest directions and descends along the others (eigenvector following;
    /// Cerjan and Miller 1981), so that it ends where J has that many negative eigenvalues; `kNewton` is Newton's
    /// method, which ends at any.
    int index = 0;
    /// Replacements x <- x - F of mean shift first (Cheng 1995): each one ascends p_sigma.
    int mean_shifts = 0;

    static constexpr int kNewton = -1;
};

/// Whether two stationary points are one: no further apart than the errors of both, in every eigendirection in units of
/// length / max(1, |eigenvalue|)^(1/2), the size of the peak or saddle there.
[[nodiscard]] bool is_same_point(const StationaryPoint& a, const StationaryPoint& b, double length);

/// Searches at one tau. Steps are limited in the metric sum_i max(1, |mu_i|) s_i^2 / length^2 with a radius that
/// shrinks when steps turn back.
class StationarySearch {
  public:
    StationarySearch(GradientSystem& system, double tau);

    /// One result per start, empty where the search did not converge within 120 evaluations. With `deflated`, the
    /// points listed there repel the search (Farrell, Birkisson and Funke 2015).
    [[nodiscard]] std::vector<std::optional<StationaryPoint>> run(const std::vector<SearchStart>& starts,
                                                                  const std::vector<StationaryPoint>& deflated = {});
    /// Newton's method from near a stationary point, to rounding.
    [[nodiscard]] std::optional<StationaryPoint> polish(const Eigen::VectorXd& x);

    [[nodiscard]] GradientSystem& system() { return system_; }

  private:
    struct Lane;

    [[nodiscard]] bool advance(Lane& lane, const Eigen::VectorXd& value, const Eigen::MatrixXd& jacobian,
                               const std::vector<StationaryPoint>& deflated) const;
    void move(Lane& lane, const StationaryPoint& here, const Eigen::VectorXd& value,
              const std::vector<StationaryPoint>& deflated) const;
    [[nodiscard]] double deflate(const Eigen::VectorXd& x, const Eigen::VectorXd& step,
                                 const std::vector<StationaryPoint>& deflated) const;

    GradientSystem& system_;
    double tau_;
    double length_;
};

}  // namespace sigmaflow
