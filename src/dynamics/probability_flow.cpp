#include "sigmaflow/dynamics/probability_flow.hpp"

#include <cmath>

namespace sigmaflow {

double on_clock(Clock clock, double sigma) { return clock == Clock::sigma ? sigma : std::log(sigma); }
double sigma_on(Clock clock, double u) { return clock == Clock::sigma ? u : std::exp(u); }

Needs needs_of(const Channels& channels) {
    Needs needs;
    needs.trace = channels.log_jacobian;
    return needs;
}

ProbabilityFlow::ProbabilityFlow(const Distribution& distribution, const Channels& channels)
    : distribution_(&distribution),
      layout_{distribution.dim(), channels},
      workspace_(distribution.posterior().workspace()),
      posterior_(distribution.dim(), needs_of(channels)),
      x_(Tile::Zero(distribution.dim(), kTileWidth)) {}

void ProbabilityFlow::target(const Tile& z, const Row& sigma, Tile& out) {
    x_ = z.topRows(layout_.dim);
    denoiser().evaluate(x_, sigma, needs_of(layout_.channels), *workspace_, posterior_);
    out.topRows(layout_.dim) = posterior_.mean;
    if (layout_.channels.log_jacobian) {
        out.row(layout_.log_jacobian()) = posterior_.trace / sigma.square() - layout_.dim;
    }
}

void ProbabilityFlow::slope(Clock clock, const Tile& z, double u, Tile& out) {
    const double sigma = sigma_on(clock, u);
    target(z, sigma, out);
    const int decaying = layout_.decaying();
    out *= -1.0;
    out.topRows(decaying) += z.topRows(decaying);
    if (clock == Clock::sigma) out /= sigma;
}

}  // namespace sigmaflow
