#include "sigmaflow/distribution/distribution.hpp"

#include <stdexcept>

#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/covariance_root.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"

namespace sigmaflow {

std::optional<MixtureLaw> Distribution::mixture(std::int64_t /*most*/) const { return std::nullopt; }

Eigen::MatrixXd Distribution::covariance_root() const { return root_of_covariance(moments().covariance); }

std::unique_ptr<Distribution> Distribution::mapped(const AffineMap& /*map*/) const { return nullptr; }

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
