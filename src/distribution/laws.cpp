#include "sigmaflow/distribution/laws.hpp"

#include <algorithm>

namespace sigmaflow {

Posteriors posteriors_of(const Laws& laws) {
    Posteriors out;
    for (const auto& law : laws) out.push_back(&law->posterior());
    return out;
}

Capabilities capabilities_of(const Posteriors& posteriors) {
    Capabilities all{true, true, true, true};
    for (const auto* one : posteriors) all = all & one->capabilities();
    return all;
}

int cumulant_order_of(const Posteriors& posteriors) {
    int order = posteriors.front()->cumulant_order();
    for (const auto* one : posteriors) order = std::min(order, one->cumulant_order());
    return order;
}

bool have_mean_derivatives(const Posteriors& posteriors) {
    return std::all_of(posteriors.begin(), posteriors.end(),
                       [](const auto* one) { return one->has_mean_derivatives(); });
}

bool have_contracted_moments(const Posteriors& posteriors) {
    return std::all_of(posteriors.begin(), posteriors.end(),
                       [](const auto* one) { return one->has_contracted_moments(); });
}

}  // namespace sigmaflow
