#include "sigmaflow/schedule/information_rates.hpp"

#include <algorithm>
#include <cmath>

namespace sigmaflow {
namespace {

/// A family of streams of its own, so that a grid is not fitted to the particles that will run on it.
constexpr StreamKey kParticles{0x6772'6964, 0x726174'6573};

Needs needed(const Denoiser& denoiser) {
    Needs needs;
    needs.trace = denoiser.capabilities().trace;
    return needs;
}

}  // namespace

InformationRates::InformationRates(const Distribution& law, int particles)
    : law_(&law),
      needs_(needed(law.posterior())),
      spread_(law.moments().covariance.trace()),
      particles_(particles),
      workspace_(law.posterior().workspace()),
      posterior_(law.dim(), needs_),
      x_(law.dim(), kTileWidth),
      ahead_(law.dim(), kTileWidth) {
    for (int first = 0; first < particles; first += kTileWidth) {
        const ParticleRange range{first, std::min(kTileWidth, particles - first)};
        Tile& noise = noise_.emplace_back(law.dim(), kTileWidth);
        law.sample(kParticles, range, data_.emplace_back());
        for (int column = 0; column < kTileWidth; ++column) {
            Stream stream = kParticles.stream(first + column, Purpose::start_noise);
            for (int i = 0; i < law.dim(); ++i) noise(i, column) = stream.normal();
        }
    }
}

void InformationRates::evaluate(const Tile& x, double sigma) {
    law_->posterior().evaluate(x, Row::Constant(sigma), needs_, *workspace_, posterior_);
}

/// Mean over the particles, in their order, of `value(x0)`, called with the posterior at x_ of one tile after another.
template <class PerTile>
double InformationRates::average(double sigma, PerTile value) {
    double sum = 0.0;
    for (std::size_t tile = 0; tile < data_.size(); ++tile) {
        x_ = data_[tile] + sigma * noise_[tile];
        evaluate(x_, sigma);
        const Row values = value(data_[tile]);
        const int left = particles_ - static_cast<int>(tile) * kTileWidth;
        for (int column = 0; column < std::min(left, kTileWidth); ++column) sum += values[column];
    }
    return sum / particles_;
}

double InformationRates::entropy(double sigma) {
    return average(sigma, [&](const Tile& x0) {
        const Row square =
            needs_.trace ? posterior_.trace : Row((x0 - posterior_.mean).colwise().squaredNorm().array());
        return Row(square / (sigma * sigma));
    });
}

double InformationRates::fisher(double sigma) {
    return std::sqrt(average(sigma, [&](const Tile&) {
        const Row distance = (x_ - posterior_.mean).colwise().squaredNorm().array();
        return Row(((posterior_.trace + distance) / (sigma * sigma) - law_->dim()).square());
    }));
}

double InformationRates::error(double sigma) {
    constexpr double step = 0.01;  // in ln sigma; the difference is off by step^2 / 6 of the third derivative
    const double square = average(sigma, [&](const Tile&) {
        const Tile velocity = x_ - posterior_.mean;  // dx / d ln sigma
        evaluate(x_ + step * velocity, sigma * std::exp(step));
        ahead_ = posterior_.mean;
        evaluate(x_ - step * velocity, sigma * std::exp(-step));
        return Row((ahead_ - posterior_.mean).colwise().squaredNorm().array() / (4.0 * step * step));
    });
    return std::pow(square / (spread_ + law_->dim() * sigma * sigma), 0.25);
}

}  // namespace sigmaflow
