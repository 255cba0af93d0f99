#pragma once
/// \file
/// Cumulants of a linear form under a Fisher-Bingham law in 113 bits, for directions in which 53 are not enough: nearly
/// normal to an ellipsoid the spread of the form is a curvature effect, orders below the spread along the surface and
/// that of the conditional Gaussians which the contour averages (docs/theory.md, section 3).

#include <Eigen/Core>
#include <array>
#include <memory>

#include "sigmaflow/numerics/fisher_bingham.hpp"

namespace sigmaflow {

/// The law exp(-|x - A u|^2 / (2 sigma^2)) on the unit sphere, A = diag(axes), and the form sum_i c_i a_i u_i. All
/// numbers are taken as exact; x has as many as there are axes, all of them finite.
struct LinearFormOnShell {
    Eigen::VectorXd axes;
    Eigen::VectorXd x;
    double sigma = 1.0;
    Eigen::VectorXd direction;  ///< c
};

/// How many digits sums are taken in: those of long double (64 bits on x86), 30 times as slow as double, or 113 bits,
/// 30 times as slow again.
enum class Digits { extended, quadruple };

/// Sums over contours that FisherBingham has found in doubles: any path and any node spacing near its own will do, so
/// that only the sums need many digits. Takes 3 times the nodes of the doubles; O(k) each.
class PreciseCumulants {
  public:
    virtual ~PreciseCumulants() = default;
    /// The law itself; `rough` is solved for it with lengths in units of `unit`.
    virtual void add_law(const FisherBingham& rough, double unit) = 0;
    /// One of the laws with the further factor weight q(u) exp(-t^2 q(u)), q = sum_i w_i u_i^2; `rough` is solved for
    /// it. Returns the largest part that it adds to the moments of even order.
    virtual double add_tilted(const FisherBingham& rough, double unit, const Eigen::VectorXd& w, double t,
                              double weight) = 0;
    /// Of the sum of what was added, with an estimate of their error.
    [[nodiscard]] virtual FisherBingham::Cumulants cumulants() const = 0;
};

/// `rough`: solved for the law without a tilt.
[[nodiscard]] std::unique_ptr<PreciseCumulants> precise_cumulants(Digits digits, const LinearFormOnShell& form,
                                                                  const FisherBingham& rough, double unit);

}  // namespace sigmaflow
