#include "sigmaflow/distribution/denoiser.hpp"

namespace sigmaflow {

PosteriorTile::PosteriorTile(int dim, const Needs& needs)
    : log_density(Row::Zero()), mean(Tile::Zero(dim, kTileWidth)), trace(Row::Zero()), entropy(Row::Zero()) {
    if (needs.covariance) covariance.assign(kTileWidth, Eigen::MatrixXd::Zero(dim, dim));
}

}  // namespace sigmaflow
