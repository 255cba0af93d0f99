#include "sigmaflow/dynamics/probability_flow.hpp"

#include <cmath>

namespace sigmaflow {

Needs needs_of(const Channels& channels) {
    Needs needs;
    needs.trace = channels.log_jacobian;
    return needs;
}

ProbabilityFlow::ProbabilityFlow(const Distribution& distribution, const Channels& channels, const Schedule* scaled)
    : distribution_(&distribution),
      scaled_(scaled),
      layout_{distribution.dim(), channels},
      workspace_(distribution.posterior().workspace()),
      posterior_(distribution.dim(), needs_of(channels)),
      x_(Tile::Zero(distribution.dim(), kTileWidth)),
      unscaled_(Tile::Zero(scaled == nullptr ? 0 : layout_.rows(), kTileWidth)) {}

double ProbabilityFlow::scale(double sigma) const {
    return is_scaled() ? scaled_->at(scaled_->t_of_sigma(sigma)).s : 1.0;
}

double ProbabilityFlow::on_clock(Clock clock, double sigma) const {
    if (clock == Clock::time) return scaled_->t_of_sigma(sigma);
    return clock == Clock::sigma ? sigma : std::log(sigma);
}

double ProbabilityFlow::sigma_on(Clock clock, double u) const {
    if (clock == Clock::time) return scaled_->at(u).sigma;
    return clock == Clock::sigma ? u : std::exp(u);
}

void ProbabilityFlow::target(const Tile& z, const Row& sigma, Tile& out) {
    x_ = z.topRows(layout_.dim);
    evaluations_ += 1.0;
    denoiser().evaluate(x_, sigma, needs_of(layout_.channels), *workspace_, posterior_);
    out.topRows(layout_.dim) = posterior_.mean;
    if (layout_.channels.log_jacobian) {
        out.row(layout_.log_jacobian()) = posterior_.trace / sigma.square() - layout_.dim;
    }
}

void ProbabilityFlow::slope(const Tile& z, const Row& sigma, Tile& out) {
    target(z, sigma, out);
    const int decaying = layout_.decaying();
    out *= -1.0;
    out.topRows(decaying) += z.topRows(decaying);
}

void ProbabilityFlow::slope(Clock clock, const Tile& z, double u, Tile& out) {
    if (clock == Clock::time) return slope_in_time(z, u, out);
    const double sigma = sigma_on(clock, u);
    slope(z, Row::Constant(sigma), out);
    if (clock == Clock::sigma) out /= sigma;
}

void ProbabilityFlow::slope_in_time(const Tile& y, double t, Tile& out) {
    const Scale scale = scaled_->at(t);
    const LogRates rates = scaled_->log_rates(t);
    const int decaying = layout_.decaying();
    unscaled_ = y;
    unscaled_.topRows(decaying) /= scale.s;
    slope(unscaled_, Row::Constant(scale.sigma), out);
    out *= rates.sigma;
    out.topRows(decaying) = scale.s * out.topRows(decaying) + rates.s * y.topRows(decaying);
}

}  // namespace sigmaflow
