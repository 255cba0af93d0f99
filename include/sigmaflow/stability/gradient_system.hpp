#pragma once
/// \file
/// A family of gradient fields F(x; tau) whose zeros are followed as tau changes: the frozen probability flow of a
/// distribution, or a normal form in tests.

#include <Eigen/Core>
#include <memory>
#include <vector>

#include "sigmaflow/distribution/denoiser.hpp"

namespace sigmaflow {

/// F and its Jacobian at n places.
struct FieldSamples {
    Eigen::MatrixXd values;                  ///< d x n
    std::vector<Eigen::MatrixXd> jacobians;  ///< n of them, d x d, symmetric
};

/// Not for sharing between threads: evaluations use scratch memory.
class GradientSystem {
  public:
    virtual ~GradientSystem() = default;
    [[nodiscard]] virtual int dim() const = 0;
    /// The unit that distances are measured in at tau, > 0.
    [[nodiscard]] virtual double length(double tau) const = 0;
    /// F and J = dF/dx at the columns of x (d x n), each at its own tau.
    virtual void evaluate(const Eigen::MatrixXd& x, const Eigen::VectorXd& tau, FieldSamples& out) = 0;
};

/// F = x - m(x; sigma), J = I - C/sigma^2, tau = ln sigma: minus sigma^2 times the score, so its zeros are the
/// stationary points of p_sigma (docs/theory.md, section 6). Lengths are in units of sigma. Work: whole tiles of
/// kTileWidth evaluations with C.
class FrozenFlow : public GradientSystem {
  public:
    /// The denoiser must know C and outlive this.
    explicit FrozenFlow(const Denoiser& denoiser);

    [[nodiscard]] int dim() const override { return denoiser_.dim(); }
    [[nodiscard]] double length(double tau) const override;
    void evaluate(const Eigen::MatrixXd& x, const Eigen::VectorXd& tau, FieldSamples& out) override;

  private:
    const Denoiser& denoiser_;
    std::unique_ptr<Denoiser::Workspace> scratch_;
    PosteriorTile posterior_;
    Tile position_;
    Row sigma_;
};

/// F and J at one place.
struct FieldSample {
    Eigen::VectorXd value;
    Eigen::MatrixXd jacobian;
};
[[nodiscard]] FieldSample sample_field(GradientSystem& system, const Eigen::VectorXd& x, double tau);

}  // namespace sigmaflow
