#pragma once
/// \file
/// The recorded quantities, each a few lines.

#include "sigmaflow/dynamics/observable.hpp"

namespace sigmaflow {

/// x, d coordinates.
class Positions final : public Observable {
  public:
    Field field(int dim) const override;
    Requirements requirements() const override { return {}; }
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

/// m(x; sigma), d coordinates; at the last level also the sample after a final step to sigma = 0.
class PosteriorMean final : public Observable {
  public:
    Field field(int dim) const override;
    Requirements requirements() const override { return {}; }
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

/// Eigenvalues of J = I - C / sigma^2, ascending: the branching directions (J < 0) come first.
class Spectrum final : public Observable {
  public:
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

/// ln p_sigma(x) in closed form.
class LogDensity final : public Observable {
  public:
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

/// ln p_sigma(x) as the solver finds it: ln p at the start minus ln |det dx/dx_start| integrated with its own stages.
class Likelihood final : public Observable {
  public:
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

/// |x - x_up|: how far a round trip (up, then down again) misses the point where it passed the level on its way up.
class RoundTripError final : public Observable {
  public:
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

/// What the solver did until here: one of the counts of a State.
class SolverCount final : public Observable {
  public:
    /// `count` of the state, recorded as `name`.
    SolverCount(const char* name, const char* meaning, Row State::*count)
        : name_(name), meaning_(meaning), count_(count) {}
    Field field(int dim) const override;
    Requirements requirements() const override { return {}; }
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;

  private:
    const char* name_;
    const char* meaning_;
    Row State::*count_;
};

/// tr C; its mean over p_sigma is the minimum mean square error of denoising.
class Mmse final : public Observable {
  public:
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

/// Entropy of the posterior weights of components or points, in nats; exp of it is their effective number.
class WeightEntropy final : public Observable {
  public:
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

/// Entropy of the posterior over the classes of a labelled law, in nats: ln(number of classes) at most, 0 once decided.
class ClassEntropy final : public Observable {
  public:
    Field field(int dim) const override;
    Requirements requirements() const override;
    void observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const override;
};

}  // namespace sigmaflow
