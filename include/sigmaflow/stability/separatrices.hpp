#pragma once
/// \file
/// Stable manifolds of saddles in the plane: the borders between basins of attraction of modes, at one sigma.

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/dynamics/analysis.hpp"
#include "sigmaflow/stability/gradient_system.hpp"
#include "sigmaflow/stability/stationary_point.hpp"

namespace sigmaflow {

/// One half of the stable manifold of a saddle: the places from which the frozen flow (ascent of p_sigma) comes to it
/// on one side. It runs down p_sigma to a minimum or to infinity.
struct Separatrix {
    Eigen::Matrix2Xd path;  ///< from the saddle on, evenly spaced; the last place is where it ended
    int minimum = -1;       ///< number of the stationary point of index 2 that it came from; -1: from infinity
};

struct SeparatrixOptions {
    double spacing = 0.1;  ///< of places, in units of sigma
    double reach = 10.0;   ///< it ends so far from the saddle, in units of length of the data
    int places = 4096;     ///< at most
};

/// dx/ds = F/|F| from the saddle along its stable eigenvector, by an embedded Runge-Kutta pair of orders 5 and 4 with
/// errors of 1e-9 sigma per step (Dormand and Prince 1980, from Boost.Odeint). `points` are the stationary points at
/// tau.
[[nodiscard]] Separatrix stable_manifold(GradientSystem& system, double tau, const std::vector<StationaryPoint>& points,
                                         const StationaryPoint& saddle, double side, const SeparatrixOptions& options);

/// Both halves for every saddle at every level, for laws in the plane. Part = a level.
class SeparatricesAnalysis : public Analysis {
  public:
    explicit SeparatricesAnalysis(const Parameters& parameters);

    [[nodiscard]] std::string mismatch(const Distribution& distribution) const override;
    [[nodiscard]] std::vector<RecordField> fields(const Distribution& distribution) const override;
    [[nodiscard]] int parts(const Distribution&) const override { return static_cast<int>(sigma_.size()); }
    [[nodiscard]] std::string part_axis() const override { return "level"; }
    [[nodiscard]] Work cost(const Distribution& distribution, int part) const override;
    void run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const override;

  private:
    std::vector<double> sigma_;
    int saddles_;
    int places_;
};
[[nodiscard]] Kind separatrices_kind();

}  // namespace sigmaflow
