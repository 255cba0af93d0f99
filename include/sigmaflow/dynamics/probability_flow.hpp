#pragma once
/// \file
/// The probability flow dx/dtau = x - m(x; sigma), tau = ln sigma, with the channel d ln|det dx/dx_start| / dtau = tr
/// J, J = I - C / sigma^2 (theory: docs/theory.md, sections 1 and 4).

#include <memory>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/dynamics/state.hpp"

namespace sigmaflow {

/// The variable in which a solver takes its steps.
enum class Clock { sigma, log_sigma };

[[nodiscard]] double on_clock(Clock clock, double sigma);
[[nodiscard]] double sigma_on(Clock clock, double u);

/// The flow with the buffers of one thread.
class ProbabilityFlow {
  public:
    /// The denoiser must be capable of what the channels need.
    ProbabilityFlow(const Distribution& distribution, const Channels& channels);

    [[nodiscard]] const Distribution& distribution() const { return *distribution_; }
    [[nodiscard]] const Denoiser& denoiser() const { return distribution_->posterior(); }
    [[nodiscard]] const StateLayout& layout() const { return layout_; }

    /// N of the form dz/dlambda = -a z + N, lambda = -ln sigma (StateLayout): m(x; sigma) in the rows of x, -tr J in
    /// that of ln |det|. One evaluation of the denoiser; sigma > 0.
    void target(const Tile& z, const Row& sigma, Tile& out);
    void target(const Tile& z, double sigma, Tile& out) { target(z, Row::Constant(sigma), out); }
    /// dz/du at u on the clock; one evaluation.
    void slope(Clock clock, const Tile& z, double u, Tile& out);

  private:
    const Distribution* distribution_;
    StateLayout layout_;
    std::unique_ptr<Denoiser::Workspace> workspace_;
    PosteriorTile posterior_;
    Tile x_;
};

/// What an evaluation of the flow with these channels asks of the denoiser.
[[nodiscard]] Needs needs_of(const Channels& channels);

}  // namespace sigmaflow
