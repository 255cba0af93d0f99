#include "sigmaflow/schedule/coefficients.hpp"

#include <boost/math/quadrature/gauss.hpp>
#include <cmath>

namespace sigmaflow {

Scale integrate_coefficients(const std::function<Coefficients(double)>& coefficients, double t_start,
                             const Scale& start, double t, int panels) {
    using Gauss = boost::math::quadrature::gauss<double, 30>;
    double log_s = std::log(start.s);
    double variance = start.sigma * start.sigma;
    const auto rate = [&](double u) { return coefficients(u).f; };
    for (int i = 0; i < panels; ++i) {
        const double from = t_start + (t - t_start) * i / panels;
        const double to = t_start + (t - t_start) * (i + 1) / panels;
        const auto noise = [&](double u) {
            const double g = coefficients(u).g;
            return g * g * std::exp(-2.0 * (log_s + Gauss::integrate(rate, from, u)));
        };
        variance += Gauss::integrate(noise, from, to);
        log_s += Gauss::integrate(rate, from, to);
    }
    return {std::exp(log_s), std::sqrt(variance)};
}

}  // namespace sigmaflow
