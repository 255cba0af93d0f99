#pragma once
/// \file
/// Points of a curve of stationary points where J is singular: located to rounding and classified by the equation that
/// is left in the null space (docs/theory.md, section 6).

#include <optional>
#include <string>

#include "sigmaflow/stability/solution_curve.hpp"

namespace sigmaflow {

enum class SpecialKind { fold, pitchfork_supercritical, pitchfork_subcritical, transcritical, multiple };
[[nodiscard]] std::string name_of(SpecialKind kind);

/// A fold or a bifurcation.
struct SpecialPoint {
    double tau = 0.0;
    Eigen::VectorXd x;
    SpecialKind kind = SpecialKind::fold;
    Eigen::MatrixXd null_space;       ///< d x n, orthonormal; n > 1 for `multiple`
    Eigen::MatrixXd zero_directions;  ///< of a family through it
    double residual = 0.0;            ///< the larger of |F| / length and the largest |eigenvalue| of the null space
    double bracket[2] = {0.0, 0.0};   ///< tau just before and behind it on the branch that met it
    bool converged = false;           ///< refined beyond the bracket
    /// Unit directions (d + 1, in units of length and tau) in which simple branches leave, in pairs of opposites; those
    /// of a multiple point are known once a branch has met it.
    std::vector<Eigen::VectorXd> directions;
};

/// Where the state of a curve (index, sign of dtau/ds) changes or an eigenvalue touches 0.
struct CurveEvent {
    CurvePoint reference;  ///< some 1e-4 before it, or where the step began: its direction is not blurred
    CurvePoint before;     ///< still in the state that the curve came with
    CurvePoint behind;     ///< near it; in another state, unless
    bool touches = false;  ///< the state is the same on both sides of an eigenvalue 0
};

/// Refines and classifies an event; nothing if it is a touch that turns out not to reach 0.
[[nodiscard]] std::optional<SpecialPoint> special_point(SolutionCurve& curve, const CurveEvent& event);

}  // namespace sigmaflow
