#include "sigmaflow/stability/marginal_draws.hpp"

namespace sigmaflow {

MarginalDraws::MarginalDraws(const Distribution& law, const StreamKey& key, std::int64_t first, int count)
    : count_(count) {
    for (int done = 0; done < count; done += kTileWidth) {
        Piece& piece = pieces_.emplace_back();
        piece.columns = std::min(kTileWidth, count - done);
        law.sample(key, {first + done, piece.columns}, piece.x0);
        add_noise(key, first + done, piece);
    }
}

MarginalDraws::MarginalDraws(const Eigen::Ref<const Eigen::MatrixXd>& points, const StreamKey& key, std::int64_t first,
                             int count)
    : count_(count) {
    for (int done = 0; done < count; done += kTileWidth) {
        Piece& piece = pieces_.emplace_back();
        piece.columns = std::min(kTileWidth, count - done);
        piece.x0.resize(points.rows(), kTileWidth);
        for (int c = 0; c < kTileWidth; ++c) piece.x0.col(c) = points.col((done + c) % points.cols());
        add_noise(key, first + done, piece);
    }
}

void MarginalDraws::add_noise(const StreamKey& key, std::int64_t first, Piece& piece) const {
    piece.noise.resize(piece.x0.rows(), kTileWidth);
    for (int c = 0; c < kTileWidth; ++c) {
        Stream stream = key.stream(first + c, Purpose::start_noise);
        for (Eigen::Index i = 0; i < piece.noise.rows(); ++i) piece.noise(i, c) = stream.normal();
    }
}

}  // namespace sigmaflow
