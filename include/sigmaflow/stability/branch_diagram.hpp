#pragma once
/// \file
/// The bifurcation diagram of a law: all branches of stationary points over a range of tau, and the special points that
/// join them.

#include <functional>
#include <string>
#include <vector>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/stability/branch_tracer.hpp"
#include "sigmaflow/stability/stationary_point.hpp"

namespace sigmaflow {

/// One end of a branch.
struct BranchEnding {
    BranchEnd why = BranchEnd::lost;
    int special = -1;  ///< its number in the diagram, at a special point
};

/// A curve of stationary points of one index between two special points (or ends of the range): x is a function of tau.
struct Branch {
    int index = 0;
    int zeros = 0;                   ///< dimension of the family that every point stands for
    int euler_characteristic = 1;    ///< of the family; -1: not known
    std::vector<CurvePoint> points;  ///< tau ascending
    BranchEnding low;
    BranchEnding high;
    double tau_low = 0.0;  ///< of its ends
    double tau_high = 0.0;

    [[nodiscard]] bool covers(double tau) const { return tau > tau_low && tau < tau_high; }
};

/// A stretch of tau without special points inside.
struct DiagramStretch {
    double tau_low = 0.0;
    double tau_high = 0.0;
    int euler_sum = 0;
    int modes = 0;
};

struct BranchDiagram {
    std::vector<SpecialPoint> special_points;  ///< tau descending: in the order of generation
    std::vector<Branch> branches;              ///< by index, then by the upper end, descending
    std::vector<DiagramStretch> stretches;     ///< tau ascending
    /// Every Euler sum is 1, no branch was lost and no set of stationary points was in doubt.
    bool complete = false;
    std::string doubt;
};

/// Where all stationary points are asked for.
using StationaryOracle = std::function<StationarySet(double tau)>;

/// Branches through all stationary points that the oracle tells at `levels` places and where Euler sums ask for it;
/// from every special point all branches that leave it. Every branch is there once.
[[nodiscard]] BranchDiagram trace_branches(GradientSystem& system, double tau_min, double tau_max,
                                           const StationaryOracle& oracle, int levels);

/// Of p_sigma.
[[nodiscard]] BranchDiagram trace_branches(const Distribution& law, double sigma_min, double sigma_max,
                                           const StreamKey& key = {});

/// A sigma above which p_sigma has one mode: the largest distance of components (of draws, for other laws) from the
/// mean.
[[nodiscard]] double unimodal_sigma(const Distribution& law, const StreamKey& key = {});

}  // namespace sigmaflow
