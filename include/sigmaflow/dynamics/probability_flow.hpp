#pragma once
/// \file
/// The probability flow in the clock sigma: dx/dsigma = (x - m(x; sigma)) / sigma, with the channel
/// d ln|det dx/dx_start| / dsigma = tr J / sigma, J = I - C / sigma^2 (theory: docs/theory.md, sections 1 and 4).

#include <memory>

#include "sigmaflow/distribution/distribution.hpp"

namespace sigmaflow {

struct Velocity {
    Tile x;            ///< dx/dsigma, d x w
    Row log_jacobian;  ///< tr J / sigma; zero without the channel
};

/// Buffers of one thread.
struct FlowWorkspace {
    explicit FlowWorkspace(const Denoiser& denoiser, const Needs& needs);

    std::unique_ptr<Denoiser::Workspace> denoiser;
    PosteriorTile posterior;
    Velocity first;
    Velocity second;
    Tile trial;  ///< stage positions
};

class ProbabilityFlow {
  public:
    /// `with_log_jacobian` turns the channel on; the denoiser must then be capable of the trace.
    ProbabilityFlow(const Distribution& distribution, bool with_log_jacobian);

    [[nodiscard]] const Distribution& distribution() const { return *distribution_; }
    [[nodiscard]] const Denoiser& denoiser() const { return distribution_->posterior(); }
    [[nodiscard]] bool with_log_jacobian() const { return with_log_jacobian_; }
    [[nodiscard]] int dim() const { return distribution_->dim(); }
    /// What an evaluation of the velocity needs.
    [[nodiscard]] Needs needs() const;

    /// The velocity at x (d x w), sigma > 0.
    void velocity(const Tile& x, const Row& sigma, FlowWorkspace& workspace, Velocity& out) const;

  private:
    const Distribution* distribution_;
    bool with_log_jacobian_;
};

}  // namespace sigmaflow
