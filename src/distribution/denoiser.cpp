#include "sigmaflow/distribution/denoiser.hpp"

#include <stdexcept>

namespace sigmaflow {

PosteriorTile::PosteriorTile(int dim, const Needs& needs)
    : log_density(Row::Zero()),
      mean(Tile::Zero(dim, kTileWidth)),
      trace(Row::Zero()),
      entropy(Row::Zero()),
      class_entropy(Row::Zero()) {
    if (needs.covariance) covariance.assign(kTileWidth, Eigen::MatrixXd::Zero(dim, dim));
}

void PosteriorTile::prepare(int dim, const Needs& needs) {
    if (needs.covariance && covariance.empty()) covariance.assign(kTileWidth, Eigen::MatrixXd::Zero(dim, dim));
}

void Denoiser::cumulants(const Tile& /*x*/, const Row& /*sigma*/, const Tile& /*direction*/, int /*order*/,
                         Workspace& /*workspace*/, Eigen::Ref<Tile> /*out*/) const {
    throw std::logic_error("this denoiser knows no cumulants");
}

void Denoiser::class_probabilities(const Tile& /*x*/, const Row& /*sigma*/, Workspace& /*workspace*/,
                                   Eigen::Ref<Tile> /*out*/) const {
    throw std::logic_error("this denoiser knows no classes");
}

void Denoiser::contracted_moments(const Tile& /*x*/, const Row& /*sigma*/, Workspace& /*workspace*/,
                                  ContractedMoments& /*out*/) const {
    throw std::logic_error("this denoiser knows no contracted moments");
}

}  // namespace sigmaflow
