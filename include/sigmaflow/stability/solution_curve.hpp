#pragma once
/// \file
/// Curves F(x; tau) = 0: points of them, and steps along them by pseudo-arclength, so that folds are nothing special
/// (Keller 1977). Distances are measured in (x / length, tau).

#include <optional>

#include "sigmaflow/stability/gradient_system.hpp"

namespace sigmaflow {

/// A point of a curve of stationary points.
struct CurvePoint {
    Eigen::VectorXd x;
    double tau = 0.0;
    Eigen::VectorXd direction;        ///< unit tangent, d + 1: (dx/ds / length, dtau/ds)
    Eigen::VectorXd eigenvalues;      ///< of J without those of the zero directions, ascending
    Eigen::MatrixXd eigenvectors;     ///< theirs, in columns
    Eigen::MatrixXd zero_directions;  ///< d x z: along the family that the point stands for, if any
    Eigen::VectorXd rates;            ///< d eigenvalues / ds along the direction
    int index = 0;                    ///< negative eigenvalues

    [[nodiscard]] double tau_rate() const { return direction[direction.size() - 1]; }
    /// Place of the eigenvalue nearest to 0; -1 if there is none.
    [[nodiscard]] Eigen::Index critical() const;
};

/// F and its first derivatives in units of length, zero directions made regular.
struct Linearisation {
    Eigen::VectorXd value;     ///< F / length
    Eigen::MatrixXd jacobian;  ///< J, plus Z Z^T with the zero directions Z
    Eigen::VectorXd tau_rate;  ///< dF/dtau / length
};

class SolutionCurve {
  public:
    /// Distance between the nodes of difference quotients in tau, fourth order: truncation and rounding are about
    /// 1e-12.
    static constexpr double kTauStep = 2e-4;
    /// The same for directions of x, in units of length.
    static constexpr double kSpaceStep = 1e-3;

    explicit SolutionCurve(GradientSystem& system) : system_(system) {}

    /// The curve through a regular stationary point, with dtau/ds > 0. Empty if Newton's method at fixed tau does not
    /// converge.
    [[nodiscard]] std::optional<CurvePoint> through(const Eigen::VectorXd& x, double tau,
                                                    const Eigen::MatrixXd& zero_directions);
    /// The point of the curve whose projection on the direction of `from` is s away; the direction goes on. Empty if
    /// Newton's method does not converge.
    [[nodiscard]] std::optional<CurvePoint> along(const CurvePoint& from, double s);
    /// Fills in rates. Work: two evaluations.
    void find_rates(CurvePoint& point);

    [[nodiscard]] Linearisation linearise(const Eigen::VectorXd& x, double tau, double length,
                                          const Eigen::MatrixXd& zero_directions);
    [[nodiscard]] GradientSystem& system() { return system_; }

  private:
    /// Spectrum and direction at a point whose x and tau are found; `guide` orients the direction, `frozen` are
    /// directions that it avoids.
    [[nodiscard]] bool complete(CurvePoint& point, const Eigen::VectorXd& guide, const Eigen::MatrixXd& zero_directions,
                                const Eigen::MatrixXd& frozen);

    GradientSystem& system_;
    FieldSamples samples_;
};

}  // namespace sigmaflow
