#pragma once
/// \file
/// The likelihood from random probes instead of the trace (Hutchinson 1990; Grathwohl et al. 2019): with E v v^T = I,
/// E v^T J v = tr J. The probes of a particle are fixed along its trajectory, so each gives an estimate of ln |det| of
/// its own, integrated by the solver to its order.

#include "sigmaflow/dynamics/observable.hpp"

namespace sigmaflow {

/// ln p_sigma(x): the mean over the probes.
class HutchinsonLikelihood final : public Observable {
  public:
    explicit HutchinsonLikelihood(int probes) : probes_(probes) {}
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;

  private:
    int probes_;
};

/// Its standard error: the spread of the probes' estimates over the root of their number, at least 2. It does not know
/// the solver's own error.
class HutchinsonError final : public Observable {
  public:
    explicit HutchinsonError(int probes) : probes_(probes) {}
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;

  private:
    int probes_;
};

}  // namespace sigmaflow
