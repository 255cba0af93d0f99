#pragma once
/// \file
/// Quantities of the tangent map dx/dx_start at recorded levels, integrated by the solver (TangentFrame).

#include "sigmaflow/dynamics/observable.hpp"

namespace sigmaflow {

/// How many columns of dx/dx_start are followed: those along the first `count` coordinate axes of the start.
/// kEveryDirection: all d. A map that starts from fewer has no larger singular values than the whole one.
class TangentObservable : public Observable {
  public:
    explicit TangentObservable(int count) : count_(count) {}
    Requirements requirements() const override { return {.channels = {.tangents = count_}}; }

  protected:
    [[nodiscard]] int count(int dim) const { return count_ == kEveryDirection ? dim : count_; }

  private:
    int count_;
};

/// Singular values of dx/dx_start, descending.
class MapSingularValues final : public TangentObservable {
  public:
    using TangentObservable::TangentObservable;
    Field field(int dim) const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

/// Finite-time Lyapunov exponents ln s_i / (tau - tau_start), tau = ln sigma, ascending: on the way down those of
/// directions that part come first. At tau_start their limit: the eigenvalues of J (of its leading block).
class LyapunovExponents final : public TangentObservable {
  public:
    using TangentObservable::TangentObservable;
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

/// Largest over smallest singular value: at the last level that of the map from noise to data.
class Conditioning final : public TangentObservable {
  public:
    using TangentObservable::TangentObservable;
    Field field(int dim) const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

}  // namespace sigmaflow
