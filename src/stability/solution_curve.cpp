#include "sigmaflow/stability/solution_curve.hpp"

#include <algorithm>
#include <cmath>

#include "sigmaflow/numerics/decompositions.hpp"
#include "transverse_spectrum.hpp"

namespace sigmaflow {
namespace {

constexpr int kMostIterations = 12;
constexpr double kSettled = 1e-12;       ///< a Newton step this short is the last one
constexpr double kMostResidual = 1e-10;  ///< of F / length over max(1, |J|)
constexpr double kSoft = 1e-7;           ///< eigenvalues below it leave their directions to rounding
constexpr double kAlong = 0.3;           ///< part of the direction that must lie in soft ones to count as going there

/// Newton's method ends when steps are short, or no longer shrink and are short enough.
class Settling {
  public:
    enum class Verdict { go_on, settled, lost };

    Verdict judge(double step) {
        if (!std::isfinite(step)) return Verdict::lost;
        if (step <= kSettled) return Verdict::settled;
        const bool stalls = count_ > 0 && step > 0.5 * last_;
        if (stalls && last_ < 1e-8) return Verdict::settled;
        if (stalls && count_ > 2) return Verdict::lost;
        last_ = step;
        return ++count_ < kMostIterations ? Verdict::go_on : Verdict::lost;
    }

  private:
    double last_ = 0.0;
    int count_ = 0;
};

/// Directions that Newton's method leaves alone: zero directions of a family, and those whose eigenvalue is so near to
/// 0 that F says little about them, apart from the one in which the curve itself goes (at a fold).
Eigen::MatrixXd frozen_directions(const CurvePoint& from) {
    const Eigen::Index d = from.x.size();
    std::vector<Eigen::Index> soft;
    for (Eigen::Index i = 0; i < from.eigenvalues.size(); ++i) {
        if (std::abs(from.eigenvalues[i]) < kSoft) soft.push_back(i);
    }
    if (soft.empty()) return from.zero_directions;
    const Eigen::MatrixXd span = from.eigenvectors(Eigen::all, soft);
    const Eigen::VectorXd inside = span.transpose() * from.direction.head(d);
    Eigen::MatrixXd kept = span;
    if (inside.norm() > kAlong) {
        // An orthonormal basis that begins with the part along the curve, without that part.
        Eigen::MatrixXd basis(soft.size(), soft.size());
        basis.col(0) = inside;
        Eigen::Index largest = 0;
        inside.cwiseAbs().maxCoeff(&largest);
        for (Eigen::Index j = 1; j < basis.cols(); ++j) {
            basis.col(j) = Eigen::VectorXd::Unit(basis.rows(), j - 1 < largest ? j - 1 : j);
        }
        kept = span * orthonormal_columns(basis).rightCols(basis.cols() - 1);
    }
    Eigen::MatrixXd out(d, kept.cols() + from.zero_directions.cols());
    out << kept, from.zero_directions;
    return out;
}

}  // namespace

Eigen::Index CurvePoint::critical() const {
    if (eigenvalues.size() == 0) return -1;
    Eigen::Index out = 0;
    eigenvalues.cwiseAbs().minCoeff(&out);
    return out;
}

Linearisation SolutionCurve::linearise(const Eigen::VectorXd& x, double tau, double length,
                                       const Eigen::MatrixXd& zero_directions) {
    Eigen::VectorXd taus(5);
    taus << tau, tau - 2.0 * kTauStep, tau - kTauStep, tau + kTauStep, tau + 2.0 * kTauStep;
    system_.evaluate(x.replicate(1, 5), taus, samples_);
    const auto& f = samples_.values;
    Linearisation out;
    out.value = f.col(0) / length;
    out.tau_rate = (f.col(1) - f.col(4) + 8.0 * (f.col(3) - f.col(2))) / (12.0 * kTauStep * length);
    out.jacobian = samples_.jacobians.front();
    if (zero_directions.cols() > 0) out.jacobian += zero_directions * zero_directions.transpose();
    return out;
}

bool SolutionCurve::complete(CurvePoint& point, const Eigen::VectorXd& guide, const Eigen::MatrixXd& zero_directions,
                             const Eigen::MatrixXd& frozen) {
    const auto d = static_cast<Eigen::Index>(system_.dim());
    const Linearisation here = linearise(point.x, point.tau, system_.length(point.tau), frozen);
    if (!here.jacobian.allFinite()) return false;
    const double stiffest = here.jacobian.cwiseAbs().maxCoeff();
    if (!(here.value.norm() <= kMostResidual * std::max(1.0, stiffest))) return false;
    Eigen::MatrixXd bordered(d + 1, d + 1);
    bordered << here.jacobian, here.tau_rate, guide.transpose();
    point.direction = solve_square(bordered, Eigen::VectorXd::Unit(d + 1, d));
    point.direction.normalize();
    if (!point.direction.allFinite()) return false;

    TransverseSpectrum spectrum = transverse_spectrum(samples_.jacobians.front(), zero_directions);
    point.eigenvalues = std::move(spectrum.values);
    point.eigenvectors = std::move(spectrum.vectors);
    point.zero_directions = std::move(spectrum.zero_directions);
    point.index = static_cast<int>((point.eigenvalues.array() < 0.0).count());
    return true;
}

std::optional<CurvePoint> SolutionCurve::through(const Eigen::VectorXd& x, double tau,
                                                 const Eigen::MatrixXd& zero_directions) {
    CurvePoint out;
    out.x = x;
    out.tau = tau;
    const double length = system_.length(tau);
    Settling settling;
    for (;;) {
        const FieldSample here = sample_field(system_, out.x, tau);
        if (!here.jacobian.allFinite()) return {};
        const Eigen::MatrixXd regular = here.jacobian + zero_directions * zero_directions.transpose();
        const Eigen::VectorXd step = solve_square(regular, here.value);
        const auto verdict = settling.judge(step.norm() / length);
        if (verdict == Settling::Verdict::lost) return {};
        out.x -= step;
        if (verdict == Settling::Verdict::settled) break;
    }
    const Eigen::VectorXd up = Eigen::VectorXd::Unit(x.size() + 1, x.size());
    if (!complete(out, up, zero_directions, zero_directions)) return {};
    return out;
}

std::optional<CurvePoint> SolutionCurve::along(const CurvePoint& from, double s) {
    const auto d = static_cast<Eigen::Index>(system_.dim());
    const double length = system_.length(from.tau);
    const Eigen::MatrixXd frozen = frozen_directions(from);
    CurvePoint out;
    out.x = from.x + s * length * from.direction.head(d);
    out.tau = from.tau + s * from.direction[d];
    Settling settling;
    for (;;) {
        const Linearisation here = linearise(out.x, out.tau, length, frozen);
        if (!here.jacobian.allFinite() || !here.value.allFinite()) return {};
        Eigen::MatrixXd bordered(d + 1, d + 1);
        bordered << here.jacobian, here.tau_rate, from.direction.transpose();
        Eigen::VectorXd right = Eigen::VectorXd::Zero(d + 1);
        right.head(d) = here.value;
        const Eigen::VectorXd step = solve_square(bordered, right);
        const auto verdict = settling.judge(step.norm());
        if (verdict == Settling::Verdict::lost) return {};
        out.x -= length * step.head(d);
        out.tau -= step[d];
        if (verdict == Settling::Verdict::settled) break;
    }
    if (!complete(out, from.direction, from.zero_directions, frozen)) return {};
    return out;
}

void SolutionCurve::find_rates(CurvePoint& point) {
    const auto d = static_cast<Eigen::Index>(system_.dim());
    const Eigen::VectorXd step = kSpaceStep * point.direction;
    const double length = system_.length(point.tau);
    Eigen::MatrixXd x(d, 2);
    x.col(0) = point.x - length * step.head(d);
    x.col(1) = point.x + length * step.head(d);
    Eigen::VectorXd tau(2);
    tau << point.tau - step[d], point.tau + step[d];
    system_.evaluate(x, tau, samples_);
    const Eigen::MatrixXd rate = (samples_.jacobians[1] - samples_.jacobians[0]) / (2.0 * kSpaceStep);
    point.rates = (point.eigenvectors.transpose() * rate * point.eigenvectors).diagonal();
}

}  // namespace sigmaflow
