#include "sigmaflow/dynamics/probability_flow.hpp"

#include <cmath>

namespace sigmaflow {

Needs needs_of(const Channels& channels) {
    Needs needs;
    needs.trace = channels.log_jacobian;
    return needs;
}

Work flow_cost(const Denoiser& denoiser, const Channels& channels, int width) {
    const int directions = channels.tangents + channels.probes;
    if (directions == 0) return denoiser.cost(needs_of(channels), width);
    return denoiser.mean_derivatives_cost(needs_of(channels), directions, width);
}

ProbabilityFlow::ProbabilityFlow(const Distribution& distribution, const Channels& channels, const Schedule* scaled)
    : distribution_(&distribution),
      scaled_(scaled),
      layout_{distribution.dim(), channels},
      workspace_(distribution.posterior().workspace()),
      posterior_(distribution.dim(), needs_of(channels)),
      x_(Tile::Zero(distribution.dim(), kTileWidth)),
      directions_(Tile::Zero(distribution.dim() * (channels.tangents + channels.probes), kTileWidth)),
      derivatives_(directions_),
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

void ProbabilityFlow::evaluate(const Tile& z, const Row& sigma) {
    x_ = z.topRows(layout_.dim);
    evaluations_ += 1.0;
    const Needs needs = needs_of(layout_.channels);
    if (directions_.rows() == 0) return denoiser().evaluate(x_, sigma, needs, *workspace_, posterior_);
    directions_.topRows(layout_.tangent_rows()) = z.middleRows(layout_.tangents(), layout_.tangent_rows());
    denoiser().mean_derivatives(x_, sigma, needs, directions_, *workspace_, posterior_, derivatives_);
}

void ProbabilityFlow::target(const Tile& z, const Row& sigma, Tile& out) {
    evaluate(z, sigma);
    const int dim = layout_.dim;
    out.topRows(dim) = posterior_.mean;
    out.middleRows(layout_.tangents(), layout_.tangent_rows()) = derivatives_.topRows(layout_.tangent_rows());
    if (layout_.channels.log_jacobian) out.row(layout_.log_jacobian()) = posterior_.trace / sigma.square() - dim;
    for (int p = 0; p < layout_.channels.probes; ++p) {
        const int first = layout_.tangent_rows() + p * dim;
        Row sum = Row::Constant(-dim);  // - |v|^2
        for (int i = first; i < first + dim; ++i) sum += directions_.row(i).array() * derivatives_.row(i).array();
        out.row(layout_.probes() + p) = sum;
    }
}

void ProbabilityFlow::mean_and_log_density(const Tile& z, double sigma, Tile& mean, Row& log_density) {
    x_ = z.topRows(layout_.dim);
    evaluations_ += 1.0;
    Needs needs;
    needs.log_density = true;
    denoiser().evaluate(x_, Row::Constant(sigma), needs, *workspace_, posterior_);
    mean.topRows(layout_.dim) = posterior_.mean;
    log_density = posterior_.log_density;
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
