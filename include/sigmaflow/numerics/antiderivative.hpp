#pragma once
/// \file
/// The integral of a function from a fixed end, known at any point of an interval.

#include <array>
#include <functional>
#include <vector>

namespace sigmaflow {

/// F(t) = int_low^t f. The function is replaced by Chebyshev interpolants of degree 15 on panels that are halved until
/// the interpolant has converged, which are integrated exactly. Relative accuracy of rounding for a positive smooth f,
/// next to `low` too; jumps are enclosed in panels of 1e-13 of the interval.
class Antiderivative {
  public:
    /// Throws std::domain_error with the place if f is not finite somewhere, or will not converge in 10000 panels.
    Antiderivative(const std::function<double(double)>& f, double low, double high);

    /// t from low to high; beyond, the value at the nearer end.
    [[nodiscard]] double operator()(double t) const;
    [[nodiscard]] std::size_t panels() const { return panels_.size(); }

  private:
    static constexpr int kNodes = 16;

    struct Panel {
        double from;
        double to;
        double before = 0.0;                  ///< the integral up to `from`
        std::array<double, kNodes> series{};  ///< Chebyshev coefficients of f
    };

    [[nodiscard]] static double integral(const Panel& panel, double t);

    std::vector<Panel> panels_;
};

}  // namespace sigmaflow
