#include "sigmaflow/stability/branch_tracer.hpp"

#include <algorithm>
#include <cmath>

namespace sigmaflow {
namespace {

constexpr double kLongestStep = 0.15;
constexpr double kShortestStep = 1e-10;
constexpr int kMostPoints = 20000;
constexpr double kLeastCosine = 0.97;    ///< between the tangents of neighbouring points
constexpr double kMostCorrection = 0.1;  ///< of the step
constexpr double kApproach = 0.5;        ///< of the way on which the nearest eigenvalue reaches 0 at its present rate
constexpr double kFineStep = 2e-3;       ///< steps that long may go over a special point or through a dip
/// Length of a bracket that is handed to refinement. Nearer to a pitchfork F is rounding over all of the way across.
constexpr double kNarrow = 1e-6;
constexpr double kCertain = 1e-11;  ///< size of an eigenvalue whose sign is not rounding
constexpr double kBlurred = 1e-9;
constexpr double kClear = 2e-4;     ///< distance from a special point where directions are not blurred
constexpr double kBottom = 1e-9;    ///< of golden sections
constexpr double kTouching = 1e-4;  ///< an eigenvalue that comes so near to 0 may be 0 in between
constexpr double kShallow = 0.3;    ///< dips that a cubic expects to lose less than the rest to this part are let be
constexpr double kArrival = 2e-4;   ///< distance from a special point at which the direction is taken

/// Whether b can have the index of a, as far as rounding lets its eigenvalues tell, and tau runs the same way.
bool same_state(const CurvePoint& a, const CurvePoint& b) {
    const auto least = (b.eigenvalues.array() < -kCertain).count();
    const auto most = (b.eigenvalues.array() < kCertain).count();
    return a.index >= least && a.index <= most && (a.tau_rate() > 0.0) == (b.tau_rate() > 0.0);
}

int measured_index(const CurvePoint& point) { return static_cast<int>((point.eigenvalues.array() < 0.0).count()); }

/// So near to a special point that the place across the curve is left to rounding.
bool is_blurred(const CurvePoint& point) {
    const auto i = point.critical();
    return i >= 0 && std::abs(point.eigenvalues[i]) < kBlurred;
}

/// Least value between 0 and s of the cubic with the given ends and slopes.
double cubic_minimum(double at_a, double slope_a, double at_b, double slope_b, double s) {
    double out = std::min(at_a, at_b);
    for (int i = 1; i < 20; ++i) {
        const double u = i / 20.0;
        const double h00 = (1.0 + 2.0 * u) * (1.0 - u) * (1.0 - u);
        const double h01 = u * u * (3.0 - 2.0 * u);
        const double h10 = u * (1.0 - u) * (1.0 - u);
        const double h11 = u * u * (u - 1.0);
        out = std::min(out, h00 * at_a + h01 * at_b + s * (h10 * slope_a + h11 * slope_b));
    }
    return out;
}

/// Eigenvalue i comes nearer to 0 from a on and goes away from it before b.
bool dips(const CurvePoint& a, const CurvePoint& b, Eigen::Index i) {
    const double sign = a.eigenvalues[i] > 0.0 ? 1.0 : -1.0;
    return sign * a.rates[i] < 0.0 && sign * b.rates[i] > 0.0;
}

/// A dip that may reach 0.
bool dips_deeply(const CurvePoint& a, const CurvePoint& b, double s, Eigen::Index i) {
    if (!dips(a, b, i)) return false;
    const double sign = a.eigenvalues[i] > 0.0 ? 1.0 : -1.0;
    const double least =
        cubic_minimum(sign * a.eigenvalues[i], sign * a.rates[i], sign * b.eigenvalues[i], sign * b.rates[i], s);
    const double end = std::min(std::abs(a.eigenvalues[i]), std::abs(b.eigenvalues[i]));
    return least < kShallow * end || least < 0.05;
}

/// A step that does not lead far beyond the place where the next eigenvalue reaches 0.
double careful(const CurvePoint& at, double step) {
    for (Eigen::Index i = 0; i < at.eigenvalues.size(); ++i) {
        if (at.eigenvalues[i] * at.rates[i] >= 0.0) continue;
        step = std::min(step, std::max(kFineStep, kApproach * std::abs(at.eigenvalues[i] / at.rates[i])));
    }
    return step;
}

/// From the special point at the end of a branch back to the last point that is not too near.
Eigen::VectorXd arrival_direction(const std::vector<CurvePoint>& points, const SpecialPoint& special, double length) {
    Eigen::VectorXd out(special.x.size() + 1);
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
        out << (point->x - special.x) / length, point->tau - special.tau;
        if (out.norm() >= kArrival) break;
    }
    return out.normalized();
}

}  // namespace

TracedBranch BranchTracer::trace(const CurvePoint& start, double first_step) {
    TracedBranch branch;
    branch.points.push_back(start);
    curve_.find_rates(branch.points.back());
    double step = first_step;
    while (branch.points.size() < kMostPoints && step >= kShortestStep) {
        const auto before = branch.points.size();
        step = careful(branch.points.back(), step);
        const Step taken = advance(branch, step);
        if (taken == Step::ended) return branch;
        if (taken == Step::refused) {
            step *= 0.5;
            continue;
        }
        const double cosine = branch.points[before].direction.dot(branch.points[before - 1].direction);
        if (cosine > 0.995) step = std::min(1.6 * step, kLongestStep);
    }
    return branch;
}

/// A step along the curve, nothing if it seems to have left it.
std::optional<CurvePoint> BranchTracer::stepped(const CurvePoint& from, double s) {
    auto out = curve_.along(from, s);
    if (!out) return {};
    const auto d = from.x.size();
    const double length = curve_.system().length(from.tau);
    const double correction = std::hypot((out->x - from.x - s * length * from.direction.head(d)).norm() / length,
                                         out->tau - from.tau - s * from.direction[d]);
    if (correction > kMostCorrection * std::abs(s)) return {};
    return out;
}

BranchTracer::Step BranchTracer::advance(TracedBranch& branch, double step) {
    const CurvePoint& a = branch.points.back();
    auto b = stepped(a, step);
    if (!b || b->direction.dot(a.direction) < kLeastCosine) return Step::refused;
    curve_.find_rates(*b);
    const auto i = a.critical();
    if (i >= 0) {
        const double change = std::abs(b->eigenvalues[i] - a.eigenvalues[i]);
        if (change > 0.2 + 0.5 * std::abs(a.eigenvalues[i])) return Step::refused;
    }
    const bool fine = step <= kFineStep;
    for (Eigen::Index k = 0; !fine && k < a.eigenvalues.size(); ++k) {
        if (dips_deeply(a, *b, step, k)) return Step::refused;
    }
    if (!fine && !same_state(a, *b)) return Step::refused;
    if (fine && end_between(branch, *b, step)) return Step::ended;
    if (!same_state(a, *b)) return Step::refused;
    if (b->tau <= tau_min_ || b->tau >= tau_max_) return end_at_range(branch, *b, step) ? Step::ended : Step::refused;
    b->index = a.index;
    branch.points.push_back(std::move(*b));
    return Step::taken;
}

/// Ends the branch at the first special point between its last point and b, s further on, if there is one.
bool BranchTracer::end_between(TracedBranch& branch, const CurvePoint& b, double s) {
    const CurvePoint a = branch.points.back();
    std::optional<CurveEvent> change;
    CurvePoint end = b;
    if (!same_state(a, b)) {
        change = narrowed(a, b, s);
        end = change->before;
        curve_.find_rates(end);
    }
    // Something may come and go before it.
    for (Eigen::Index i = 0; i < a.eigenvalues.size(); ++i) {
        if (a.index != end.index || !dips_deeply(a, end, s, i)) continue;
        const auto bottom = bottom_of_dip(a, s, i);
        if (bottom && end_at(branch, *bottom)) return true;
    }
    return change && end_at(branch, *change);
}

/// A point about halfway to s, not in the blur around a special point.
std::optional<std::pair<CurvePoint, double>> BranchTracer::between(const CurvePoint& from, double s) {
    for (const double part : {0.5, 0.35, 0.65, 0.2}) {
        auto point = stepped(from, part * s);
        if (point && (!is_blurred(*point) || is_blurred(from))) return std::pair{std::move(*point), part};
    }
    return {};
}

/// Bisection between a state that is that of `a` and one that is not, at b, s away. Every step starts from the last
/// point before, so that predictions are as good as the bracket is short; otherwise they would end on another branch.
CurveEvent BranchTracer::narrowed(const CurvePoint& a, const CurvePoint& b, double s) {
    CurveEvent event{a, a, b, false};
    while (s > kNarrow) {
        auto middle = between(event.before, s);
        if (!middle) break;
        auto& [point, part] = *middle;
        const bool is_before = same_state(a, point);
        s *= is_before ? 1.0 - part : part;
        point.index = is_before ? a.index : measured_index(point);
        (is_before ? event.before : event.behind) = std::move(point);
        if (is_before && s > kClear) event.reference = event.before;
    }
    return event;
}

/// The least size of eigenvalue i, of one sign at a and s further on, by golden sections: an event if it reaches 0.
std::optional<CurveEvent> BranchTracer::bottom_of_dip(const CurvePoint& a, double s, Eigen::Index i) {
    constexpr double kGolden = 0.3819660112501051;
    const double sign = a.eigenvalues[i] > 0.0 ? 1.0 : -1.0;
    double changed = -1.0;
    std::optional<CurvePoint> other;
    std::optional<CurvePoint> lowest;
    bool blurred = false;
    const auto height = [&](double at) {
        const auto point = stepped(a, at);
        if (!point) {
            // Where branches meet, steps do not arrive.
            blurred = true;
            return 0.0;
        }
        if (!same_state(a, *point)) {
            changed = at;
            other = point;
            return 0.0;
        }
        const double value = sign * point->eigenvalues[i];
        if (!lowest || value < sign * lowest->eigenvalues[i]) lowest = point;
        return value;
    };
    double low = 0.0;
    double high = s;
    double left = kGolden * s;
    double right = s - left;
    double at_left = height(left);
    double at_right = height(right);
    while (changed < 0.0 && high - low > kBottom) {
        if (at_left < at_right) {
            high = right;
            right = left;
            at_right = at_left;
            left = low + kGolden * (high - low);
            at_left = height(left);
        } else {
            low = left;
            left = right;
            at_left = at_right;
            right = high - kGolden * (high - low);
            at_right = height(right);
        }
    }
    if (other) return narrowed(a, *other, changed);
    if (!lowest || (!blurred && std::abs(lowest->eigenvalues[i]) > kTouching)) return {};
    const auto clear = stepped(a, low - kClear);
    return CurveEvent{low > kClear && clear ? *clear : a, *lowest, *lowest, true};
}

bool BranchTracer::end_at(TracedBranch& branch, const CurveEvent& event) {
    branch.special = special_point(curve_, event);
    if (!branch.special) return false;
    branch.arrival = arrival_direction(branch.points, *branch.special, curve_.system().length(branch.special->tau));
    branch.end = BranchEnd::special_point;
    return true;
}

bool BranchTracer::end_at_range(TracedBranch& branch, const CurvePoint& beyond, double step) {
    const CurvePoint& a = branch.points.back();
    const double limit = beyond.tau <= tau_min_ ? tau_min_ : tau_max_;
    const double part = (limit - a.tau) / (beyond.tau - a.tau);
    const auto near = curve_.along(a, part * step);
    if (!near) return false;
    auto last = curve_.through(near->x, limit, near->zero_directions);
    if (!last) return false;
    last->index = a.index;
    if (last->direction.dot(a.direction) < 0.0) last->direction = -last->direction;
    curve_.find_rates(*last);
    branch.points.push_back(std::move(*last));
    branch.end = BranchEnd::range;
    return true;
}

}  // namespace sigmaflow
