#include "sigmaflow/stability/special_point.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sigmaflow/numerics/decompositions.hpp"
#include "sigmaflow/stability/local_expansion.hpp"

namespace sigmaflow {
namespace {

constexpr int kMostIterations = 15;
constexpr double kNearNull = 3e-3;        ///< may belong to the null space, so near to the special point
constexpr double kNullEigenvalue = 1e-6;  ///< belongs to the null space
constexpr double kSymmetric = 1e-6;       ///< a quadratic coefficient below it vanishes
constexpr double kTrust = 1e-3;           ///< how far refinement may go from the bracket

struct Place {
    Eigen::VectorXd x;
    double tau = 0.0;
};

double distance(const Place& a, const Place& b, double length) {
    return std::hypot((a.x - b.x).norm() / length, a.tau - b.tau);
}

/// Newton's method on F = 0, mu = 0 with mu the critical eigenvalue: regular at a fold.
std::optional<Place> refine_fold(GradientSystem& system, Place place, const Eigen::MatrixXd& zero_directions,
                                 Eigen::MatrixXd kernel) {
    const Eigen::Index d = place.x.size();
    double last = 1.0;
    for (int i = 0; i < kMostIterations; ++i) {
        const LocalExpansion here(system, place.x, place.tau, zero_directions);
        const Eigen::Index k = here.nearest(kernel, 1).front();
        const Eigen::VectorXd v = here.eigenvectors.col(k);
        kernel = v;
        Eigen::MatrixXd matrix(d + 1, d + 1);
        matrix.topLeftCorner(d, d) = here.jacobian;
        matrix.topRightCorner(d, 1) = here.tau_rate;
        matrix.bottomLeftCorner(1, d) = (here.jacobian_rate(v) * v).transpose();
        matrix(d, d) = v.dot(here.jacobian_tau_rate * v);
        Eigen::VectorXd right(d + 1);
        right << here.value, here.eigenvalues[k];
        const Eigen::VectorXd step = solve_square(matrix, right);
        if (!step.allFinite() || step.norm() > 0.1) return {};
        const double length = system.length(place.tau);
        place.x -= length * step.head(d);
        place.tau -= step[d];
        if (step.norm() < 1e-13 || (step.norm() < 1e-9 && step.norm() > 0.3 * last)) return place;
        last = step.norm();
    }
    return {};
}

/// Newton's method on F + beta v_0 = 0, mu = 0, v.dF/dtau = 0 in (x, tau, beta): regular at pitchforks and
/// transcritical points (Moore 1980). With q = J^+ dF/dtau the last row is (J_tau v - D_q J v, v.F_tautau - q.J_tau v).
std::optional<Place> refine_branch_point(GradientSystem& system, Place place, const Eigen::MatrixXd& zero_directions,
                                         Eigen::MatrixXd kernel) {
    const Eigen::Index d = place.x.size();
    Eigen::VectorXd start;
    double beta = 0.0;
    double last = 1.0;
    for (int i = 0; i < kMostIterations; ++i) {
        const LocalExpansion here(system, place.x, place.tau, zero_directions);
        const auto chosen = here.nearest(kernel, 1);
        const Eigen::VectorXd v = here.eigenvectors.col(chosen.front());
        if (start.size() == 0) start = v;
        kernel = v;
        const Eigen::VectorXd q = here.pseudo_solve(here.tau_rate, chosen);
        const Eigen::VectorXd mixed = here.jacobian_tau_rate * v;
        Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(d + 2, d + 2);
        matrix.topLeftCorner(d, d) = here.jacobian;
        matrix.block(0, d, d, 1) = here.tau_rate;
        matrix.block(0, d + 1, d, 1) = start;
        matrix.block(d, 0, 1, d) = (here.jacobian_rate(v) * v).transpose();
        matrix(d, d) = v.dot(mixed);
        matrix.block(d + 1, 0, 1, d) = (mixed - here.jacobian_rate(q) * v).transpose();
        matrix(d + 1, d) = v.dot(here.tau_curvature) - q.dot(mixed);
        Eigen::VectorXd right(d + 2);
        right << here.value + beta * start, here.eigenvalues[chosen.front()], v.dot(here.tau_rate);
        const Eigen::VectorXd step = solve_square(matrix, right);
        if (!step.allFinite() || step.norm() > 0.1) return {};
        place.x -= system.length(place.tau) * step.head(d);
        place.tau -= step[d];
        beta -= step[d + 1];
        if (step.norm() < 1e-13 || (step.norm() < 1e-9 && step.norm() > 0.3 * last)) {
            if (std::abs(beta) > 1e-10) return {};
            return place;
        }
        last = step.norm();
    }
    return {};
}

/// Quantities along a smooth curve through a singular point, from nodes on both sides of it (barycentric
/// interpolation), where rounding is not magnified.
class ThroughSingularity {
  public:
    static constexpr std::array<double, 8> kNodes{-1.0, -0.75, -0.5, -0.3, 0.3, 0.5, 0.75, 1.0};

    /// `first` is the place of the least eigenvalue of the n that vanish.
    bool sample(SolutionCurve& curve, const CurvePoint& reference, double centre, double reach, Eigen::Index first,
                Eigen::Index n) {
        const Eigen::Index d = reference.x.size();
        values_.resize(d + 3, static_cast<Eigen::Index>(kNodes.size()));
        for (std::size_t i = 0; i < kNodes.size(); ++i) {
            const auto point = curve.along(reference, centre + reach * kNodes[i]);
            if (!point || point->eigenvalues.size() < first + n) return false;
            values_.col(static_cast<Eigen::Index>(i)) << point->x, point->tau,
                point->tau_rate() / point->direction.dot(reference.direction),
                point->eigenvalues.segment(first, n).mean();
        }
        return true;
    }

    /// x, tau, dtau/ds and the mean of the vanishing eigenvalues; u = -1 .. 1.
    [[nodiscard]] Eigen::VectorXd at(double u, std::size_t skipped = 0) const {
        Eigen::VectorXd sum = Eigen::VectorXd::Zero(values_.rows());
        double weights = 0.0;
        for (std::size_t i = skipped; i < kNodes.size() - skipped; ++i) {
            double weight = 1.0;
            for (std::size_t j = skipped; j < kNodes.size() - skipped; ++j) {
                if (j != i) weight /= kNodes[i] - kNodes[j];
            }
            weight /= u - kNodes[i];
            weights += weight;
            sum += weight * values_.col(static_cast<Eigen::Index>(i));
        }
        return sum / weights;
    }

    /// Where a row changes sign between the inner nodes.
    [[nodiscard]] std::optional<double> root(Eigen::Index row, std::size_t skipped = 0) const {
        double low = -0.29;
        double high = 0.29;
        const double at_low = at(low, skipped)[row];
        if (at_low * at(high, skipped)[row] > 0.0) return {};
        for (int i = 0; i < 60; ++i) {
            const double middle = 0.5 * (low + high);
            (at(middle, skipped)[row] * at_low > 0.0 ? low : high) = middle;
        }
        return 0.5 * (low + high);
    }

  private:
    Eigen::MatrixXd values_;
};

std::optional<Place> interpolate(SolutionCurve& curve, const CurvePoint& near, Eigen::Index first, Eigen::Index n) {
    const Eigen::Index d = near.x.size();
    for (double reach = 0.04; reach > 1e-3; reach *= 0.5) {
        ThroughSingularity nodes;
        if (!nodes.sample(curve, near, 0.0, reach, first, n)) continue;
        // Where tau turns round, eigenvalues only touch 0.
        const Eigen::Index row = nodes.root(d + 1) ? d + 1 : d + 2;
        const auto root = nodes.root(row);
        const auto coarse = nodes.root(row, 1);
        if (!root || !coarse) continue;
        const Eigen::VectorXd found = nodes.at(*root);
        if (std::abs(found[d] - nodes.at(*coarse, 1)[d]) < 1e-9) return Place{found.head(d), found[d]};
    }
    return {};
}

/// The tangents of the two branches through a simple bifurcation: roots (p : q) of a p^2 + 2 b p q + c q^2 along p (v,
/// 0)
/// + q (-J^+ F_tau, 1).
std::vector<Eigen::VectorXd> branch_directions(const LocalExpansion& here, const std::vector<Eigen::Index>& chosen,
                                               const Eigen::VectorXd& v, double a) {
    const Eigen::Index d = v.size();
    const Eigen::VectorXd q = here.pseudo_solve(here.tau_rate, chosen);
    const Eigen::VectorXd mixed = here.jacobian_tau_rate * v;
    const Eigen::MatrixXd along_q = here.jacobian_rate(q);
    const double b = v.dot(mixed) - v.dot(along_q * v);
    const double c = v.dot(here.tau_curvature) - 2.0 * q.dot(mixed) + v.dot(along_q * q);
    const bool is_pitchfork = std::abs(a) < kSymmetric * std::max(1.0, std::abs(b));
    const double root = is_pitchfork ? std::abs(b) : std::sqrt(std::max(0.0, b * b - a * c));
    // Both roots without cancellation: (c : -(b + s)) and (-(b + s) : a), s = sign(b) root.
    const double sum = b + std::copysign(root, b);
    std::vector<Eigen::VectorXd> out;
    for (const auto& [p, t] : {std::pair{c, -sum}, std::pair{-sum, is_pitchfork ? 0.0 : a}}) {
        Eigen::VectorXd direction(d + 1);
        direction << p * v - t * q, t;
        direction.normalize();
        out.push_back(direction);
        out.push_back(-direction);
    }
    return out;
}

/// Kind and directions of a point whose null space has one dimension.
void classify_simple(GradientSystem& system, bool is_fold, SpecialPoint& point) {
    const LocalExpansion here(system, point.x, point.tau, point.zero_directions);
    const auto chosen = here.nearest(point.null_space, 1);
    const Eigen::VectorXd v = here.eigenvectors.col(chosen.front());
    point.null_space = v;
    point.residual = std::max(here.value.norm(), std::abs(here.eigenvalues[chosen.front()]));
    if (is_fold) {
        point.kind = SpecialKind::fold;
        Eigen::VectorXd direction(v.size() + 1);
        direction << v, 0.0;
        point.directions = {direction, -direction};
        return;
    }
    const Eigen::VectorXd bent = here.jacobian_rate(v) * v;
    const double a = v.dot(bent);
    point.directions = branch_directions(here, chosen, v, a);
    const double scale = std::max(1.0, std::abs(v.dot(here.jacobian_tau_rate * v)));
    if (std::abs(a) >= kSymmetric * scale) {
        point.kind = SpecialKind::transcritical;
        return;
    }
    // The potential of the null space, after the other directions have given way, at fourth order.
    const double quartic = v.dot(here.jacobian_curvature(v) * v) - 3.0 * bent.dot(here.pseudo_solve(bent, chosen));
    point.kind = quartic > 0.0 ? SpecialKind::pitchfork_supercritical : SpecialKind::pitchfork_subcritical;
}

}  // namespace

std::string name_of(SpecialKind kind) {
    static const std::array<const char*, 5> names{"fold", "pitchfork_supercritical", "pitchfork_subcritical",
                                                  "transcritical", "multiple"};
    return names[static_cast<std::size_t>(kind)];
}

namespace {

/// The multiple point near an event where n eigenvalues are small; nothing if they do not vanish together.
std::optional<Place> refine_multiple(SolutionCurve& curve, const CurvePoint& near,
                                     const Eigen::MatrixXd& zero_directions, Eigen::Index first, Eigen::Index n) {
    const auto place = interpolate(curve, near, first, n);
    if (!place) return {};
    const LocalExpansion here(curve.system(), place->x, place->tau, zero_directions);
    return (here.eigenvalues.array().abs() < kNullEigenvalue).count() == n ? place : std::nullopt;
}

void describe_multiple(GradientSystem& system, Eigen::Index n, SpecialPoint& point) {
    const LocalExpansion here(system, point.x, point.tau, point.zero_directions);
    point.kind = SpecialKind::multiple;
    point.residual = here.value.norm();
    point.null_space.resize(point.x.size(), n);
    const auto kernel = here.nearest({}, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        const auto k = kernel[static_cast<std::size_t>(i)];
        point.null_space.col(i) = here.eigenvectors.col(k);
        point.residual = std::max(point.residual, std::abs(here.eigenvalues[k]));
    }
}

}  // namespace

std::optional<SpecialPoint> special_point(SolutionCurve& curve, const CurveEvent& event) {
    GradientSystem& system = curve.system();
    const CurvePoint& before = event.before;
    SpecialPoint out;
    out.zero_directions = before.zero_directions;
    out.bracket[0] = std::min(before.tau, event.behind.tau);
    out.bracket[1] = std::max(before.tau, event.behind.tau);
    const int jump = std::abs(before.index - event.behind.index);
    const bool is_fold = jump == 1 && before.tau_rate() * event.behind.tau_rate() < 0.0;
    const Place guess{0.5 * (before.x + event.behind.x), 0.5 * (before.tau + event.behind.tau)};
    const auto near_null = (before.eigenvalues.array().abs() < kNearNull).count();
    const auto first = (before.eigenvalues.array() <= -kNearNull).count();

    std::optional<Place> place;
    if (near_null > 1) place = refine_multiple(curve, event.reference, out.zero_directions, first, near_null);
    const Eigen::Index n = place ? near_null : 1;
    if (!place) {
        const LocalExpansion near(system, guess.x, guess.tau, out.zero_directions);
        out.null_space = near.eigenvectors.col(near.nearest({}, 1).front());
        place = is_fold ? refine_fold(system, guess, out.zero_directions, out.null_space)
                        : refine_branch_point(system, guess, out.zero_directions, out.null_space);
    }
    out.converged = place && distance(*place, guess, system.length(guess.tau)) < kTrust;
    if (!out.converged && event.touches) return {};
    if (!out.converged) place = guess;
    out.x = place->x;
    out.tau = place->tau;
    if (n > 1)
        describe_multiple(system, n, out);
    else
        classify_simple(system, is_fold, out);
    return out;
}

}  // namespace sigmaflow
