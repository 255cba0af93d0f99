#pragma once
/// \file
/// The probability flow dx/dtau = x - m(x; sigma), tau = ln sigma, with the channels d ln|det dx/dx_start| / dtau = tr
/// J, its estimates v^T J v, and the tangent flow dv/dtau = J v, J = I - Dm = I - C / sigma^2 (theory: docs/theory.md,
/// sections 1, 4 and 5).

#include <memory>
#include <optional>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/dynamics/state.hpp"
#include "sigmaflow/schedule/schedule.hpp"

namespace sigmaflow {

/// The variable in which a solver takes its steps.
enum class Clock {
    sigma,
    log_sigma,
    time,  ///< the schedule's t, with y = s x instead of x
};

/// What derivatives along the flow need beside an evaluation.
struct TaylorBuffers {
    explicit TaylorBuffers(int dim)
        : posterior(dim, {.trace = true, .covariance = true}), moments(dim), e(dim), w(dim), c_e(dim), c_w(dim) {}

    PosteriorTile posterior;
    ContractedMoments moments;
    Eigen::VectorXd e, w, c_e, c_w;  ///< of one column
};

/// The flow with the buffers of one thread.
class ProbabilityFlow {
  public:
    /// The denoiser must be capable of what the channels need.
    /// With a schedule, `scaled`, the flow is that of y = s x in the schedule's t.
    ProbabilityFlow(const Distribution& distribution, const Channels& channels, const Schedule* scaled = nullptr);

    [[nodiscard]] const Distribution& distribution() const { return *distribution_; }
    [[nodiscard]] const Denoiser& denoiser() const { return distribution_->posterior(); }
    [[nodiscard]] const StateLayout& layout() const { return layout_; }
    [[nodiscard]] bool is_scaled() const { return scaled_ != nullptr; }
    /// s at sigma; 1 if the flow is not scaled.
    [[nodiscard]] double scale(double sigma) const;
    /// Evaluations of the denoiser so far.
    [[nodiscard]] double evaluations() const { return evaluations_; }

    /// The clock of a step: the solver's own, or t if the flow is scaled.
    [[nodiscard]] Clock clock(Clock preferred) const { return is_scaled() ? Clock::time : preferred; }
    [[nodiscard]] double on_clock(Clock clock, double sigma) const;
    [[nodiscard]] double sigma_on(Clock clock, double u) const;

    /// The fixed vectors of the probes, one below the other, probes d x w.
    [[nodiscard]] auto probes() { return directions_.bottomRows(layout_.channels.probes * layout_.dim); }

    /// N of the form dz/dlambda = -a z + N, lambda = -ln sigma (StateLayout): m(x; sigma) in the rows of x, Dm v in
    /// those of a tangent v, -tr J in that of ln |det|, -v^T J v in that of a probe v. One evaluation of the denoiser;
    /// sigma > 0.
    void target(const Tile& z, const Row& sigma, Tile& out);
    void target(const Tile& z, double sigma, Tile& out) { target(z, Row::Constant(sigma), out); }
    /// m in the rows of x of `mean`, and ln p_sigma; one evaluation. The denoiser must have the log density.
    void mean_and_log_density(const Tile& z, double sigma, Tile& mean, Row& log_density);
    /// N, dN/dlambda and, for order 2, d2N/dlambda2 along the flow, from the posterior's contracted moments; one
    /// evaluation with covariance and one of the moments. The denoiser must have them.
    void target_derivatives(const Tile& z, double sigma, int order, Tile& n, Tile& first, Tile& second);
    /// dz/dtau, every column at its own sigma; one evaluation.
    void slope(const Tile& z, const Row& sigma, Tile& out);
    /// dz/du at u on the clock; one evaluation. On the clock t: dy/dt = (s'/s) y + (sigma'/sigma) (y - s m), and the
    /// rows of quadratures have their slope in tau times sigma'/sigma.
    void slope(Clock clock, const Tile& z, double u, Tile& out);

  private:
    void evaluate(const Tile& z, const Row& sigma);
    void slope_in_time(const Tile& y, double t, Tile& out);

    const Distribution* distribution_;
    const Schedule* scaled_;
    StateLayout layout_;
    std::unique_ptr<Denoiser::Workspace> workspace_;
    PosteriorTile posterior_;
    Tile x_;
    Tile directions_;   ///< tangents, then probes
    Tile derivatives_;  ///< Dm times them
    Tile unscaled_;
    std::optional<TaylorBuffers> taylor_;  ///< made when first used
    double evaluations_ = 0.0;
};

/// What an evaluation of the flow with these channels asks of the denoiser.
[[nodiscard]] Needs needs_of(const Channels& channels);
/// Work of an evaluation of the flow with these channels for `width` particles.
[[nodiscard]] Work flow_cost(const Denoiser& denoiser, const Channels& channels, int width);

}  // namespace sigmaflow
