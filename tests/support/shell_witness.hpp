#pragma once
/// \file
/// A second opinion on posteriors of ellipsoid shells, in many digits and with naive formulas. It shares no line with
/// src: sums over the sphere itself for 2 and 3 axes, and for any number of axes a contour of another shape.

#include <Eigen/Core>
#include <array>

namespace sigmaflow::witness {

struct ShellPosterior {
    double log_density = 0.0;
    Eigen::VectorXd mean;
    Eigen::MatrixXd covariance;
    std::array<double, 4> cumulants{};  ///< of <direction, x0>
};

/// x0 = diag(axes) u, u uniform on the sphere or, with `surface`, diag(axes) u uniform on the ellipsoid. 2 or 3 axes;
/// products of Gauss-Legendre rules on small squares of a cube's faces, where the integrand counts; in 34 digits, or 19
/// where exponents are moderate. What lies e^-reach below the rest is left out; where the form
/// <direction, x0> hardly varies, its fourth cumulant hears of far places.
[[nodiscard]] ShellPosterior shell_by_quadrature(const Eigen::VectorXd& axes, const Eigen::VectorXd& x, double sigma,
                                                 bool surface, const Eigen::VectorXd& direction, double reach = 50.0);

/// The pushforward measure, 70 digits along a hyperbola.
[[nodiscard]] ShellPosterior shell_by_contour(const Eigen::VectorXd& axes, const Eigen::VectorXd& x, double sigma,
                                              const Eigen::VectorXd& direction);

}  // namespace sigmaflow::witness
