#include "sigmaflow/schedule/schedule.hpp"

namespace sigmaflow {

LogRates Schedule::log_rates(double t) const {
    const Coefficients dynamics = coefficients(t);
    const Scale scale = at(t);
    const double relative = dynamics.g / (scale.s * scale.sigma);
    return {dynamics.f, 0.5 * relative * relative};
}

ScaleRates Schedule::rates(double t) const {
    const Scale scale = at(t);
    const LogRates log = log_rates(t);
    return {scale.s * log.s, scale.sigma * log.sigma};
}

}  // namespace sigmaflow
