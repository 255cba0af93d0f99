#include "branch_point.hpp"

#include <algorithm>
#include <cmath>

namespace sigmaflow {
namespace {

/// The point at tau by Newton's method, if `near` is so near that it cannot end on another branch.
std::optional<CurvePoint> close_enough(SolutionCurve& curve, const CurvePoint& near, const Branch& branch, double tau) {
    const auto i = near.critical();
    const double gap = i < 0 ? 1.0 : std::abs(near.eigenvalues[i]);
    if (std::abs(near.tau - tau) > 0.02 * std::min(1.0, gap * gap) + 1e-10) return {};
    const auto d = near.x.size();
    const double ahead = (tau - near.tau) / near.tau_rate();
    const Eigen::VectorXd guess = near.x + ahead * curve.system().length(near.tau) * near.direction.head(d);
    auto found = curve.through(guess, tau, near.zero_directions);
    if (!found || found->index != branch.index) return {};
    if ((found->x - guess).norm() > 0.1 * curve.system().length(tau)) return {};
    return found;
}

}  // namespace

std::optional<CurvePoint> point_at(SolutionCurve& curve, const Branch& branch, double tau) {
    const auto after = std::upper_bound(branch.points.begin(), branch.points.end(), tau,
                                        [](double t, const CurvePoint& point) { return t < point.tau; });
    CurvePoint from = after == branch.points.begin() ? branch.points.front() : *(after - 1);
    if (from.tau == tau) return from;
    const double sign = (tau > from.tau) == (from.tau_rate() > 0.0) ? 1.0 : -1.0;
    // tau is monotonic in s: a bracket, then bisection on what the curve says.
    double low = 0.0;
    double high = std::abs(tau - from.tau) / std::max(std::abs(from.tau_rate()), 1e-3);
    CurvePoint near = from;
    for (int i = 0; i < 60; ++i) {
        const double middle = i == 0 ? high : 0.5 * (low + high);
        const auto point = curve.along(from, sign * middle);
        const bool beyond = !point || point->index != branch.index ||
                            (point->tau_rate() > 0.0) != (from.tau_rate() > 0.0) ||
                            (point->tau > tau) == (tau > from.tau);
        if (beyond) {
            high = middle;
        } else {
            low = middle;
            near = *point;
            if (i == 0) high = 2.0 * middle;
        }
        if (auto found = close_enough(curve, near, branch, tau)) return found;
    }
    return {};
}

}  // namespace sigmaflow
