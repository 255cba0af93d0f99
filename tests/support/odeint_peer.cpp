#include "dynamics/odeint_peer.hpp"

#include <array>
#include <boost/numeric/odeint.hpp>

namespace sigmaflow::testing_support {

double odeint_dopri5(const LineMixture& law, double x, double sigma, double to, double tolerance) {
    namespace odeint = boost::numeric::odeint;
    using Position = std::array<double, 1>;
    const auto flow = [&](const Position& at, Position& slope, double tau) {
        slope[0] = at[0] - static_cast<double>(law.denoise(at[0], std::exp(static_cast<long double>(tau))));
    };
    Position position = {x};
    const double begin = std::log(sigma), end = std::log(to);
    odeint::integrate_adaptive(odeint::make_controlled(tolerance, tolerance, odeint::runge_kutta_dopri5<Position>()),
                               flow, position, begin, end, 0.01 * (end - begin));
    return position[0];
}

}  // namespace sigmaflow::testing_support
