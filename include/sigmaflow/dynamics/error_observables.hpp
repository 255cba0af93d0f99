#pragma once
/// \file
/// The error of a solver and its explanation, along the eigenvectors of J (ErrorBudget). Rank k is that of `spectrum`.

#include "sigmaflow/dynamics/observable.hpp"

namespace sigmaflow {

/// The error at a level: measured against the exact flow, or predicted from the local errors of all steps so far.
class GlobalError final : public Observable {
  public:
    enum class Kind { measured, predicted };
    explicit GlobalError(Kind kind) : kind_(kind) {}
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;

  private:
    Kind kind_;
};

/// What the steps since the level before contribute to the predicted error at the last recorded level: which sigma
/// costs what. Summed over the levels it is the predicted error there.
class ErrorContribution final : public Observable {
  public:
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

}  // namespace sigmaflow
