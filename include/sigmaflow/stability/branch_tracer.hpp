#pragma once
/// \file
/// Follows one branch of stationary points from a regular point until it ends: at a special point, or at an end of the
/// range of tau.

#include <optional>
#include <vector>

#include "sigmaflow/stability/special_point.hpp"

namespace sigmaflow {

/// Why a branch ends.
enum class BranchEnd { special_point, range, lost };

struct TracedBranch {
    std::vector<CurvePoint> points;  ///< from the start on; tau is monotonic and the index constant
    BranchEnd end = BranchEnd::lost;
    std::optional<SpecialPoint> special;  ///< where it ended
    /// Unit direction (d + 1) from there back to the branch, from a place some 1e-4 away.
    Eigen::VectorXd arrival;
};

/// Pseudo-arclength steps that adapt to the angle between tangents, to the corrections and to the eigenvalue nearest to
/// 0. A step ends a branch when the index or the sign of dtau/ds changes, and when an eigenvalue that returns in
/// between reaches 0 there: then two special points lie in one step.
class BranchTracer {
  public:
    BranchTracer(SolutionCurve& curve, double tau_min, double tau_max)
        : curve_(curve), tau_min_(tau_min), tau_max_(tau_max) {}

    /// Along the direction of `start`, a point behind which no special point is met before `first_step`.
    [[nodiscard]] TracedBranch trace(const CurvePoint& start, double first_step);

  private:
    enum class Step { taken, ended, refused };

    [[nodiscard]] Step advance(TracedBranch& branch, double step);
    [[nodiscard]] std::optional<CurvePoint> stepped(const CurvePoint& from, double s);
    [[nodiscard]] std::optional<std::pair<CurvePoint, double>> between(const CurvePoint& from, double s);
    [[nodiscard]] CurveEvent narrowed(const CurvePoint& a, const CurvePoint& b, double s);
    [[nodiscard]] bool end_between(TracedBranch& branch, const CurvePoint& b, double s);
    [[nodiscard]] std::optional<CurveEvent> bottom_of_dip(const CurvePoint& a, double s, Eigen::Index i);
    [[nodiscard]] bool end_at(TracedBranch& branch, const CurveEvent& event);
    [[nodiscard]] bool end_at_range(TracedBranch& branch, const CurvePoint& beyond, double step);

    SolutionCurve& curve_;
    double tau_min_;
    double tau_max_;
};

}  // namespace sigmaflow
