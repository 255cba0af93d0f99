#include "sigmaflow/distribution/distribution.hpp"

#include <stdexcept>

namespace sigmaflow {

void Distribution::sample(const StreamKey& key, const ParticleRange& range, Tile& out) const {
    if (range.count < 1 || range.count > kTileWidth) throw std::logic_error("a tile holds 1 to 32 particles");
    out.resize(dim(), kTileWidth);
    Eigen::VectorXd x0(dim());
    for (int c = 0; c < kTileWidth; ++c) {
        if (c < range.count) {
            Stream stream = key.stream(range.first + c, Purpose::data);
            draw(stream, x0);
        }
        out.col(c) = x0;
    }
}

}  // namespace sigmaflow
