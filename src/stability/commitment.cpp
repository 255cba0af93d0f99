#include "sigmaflow/stability/commitment.hpp"

#include <limits>

namespace sigmaflow {
namespace {

std::optional<CollinearMixture> line_of(const Distribution& law) {
    if (law.labels() != nullptr) return std::nullopt;
    const auto mixture = law.mixture(ClassPosterior::kMostComponents);
    return mixture ? collinear_mixture(*mixture) : std::nullopt;
}

}  // namespace

Commitment::Commitment(const Distribution& law, const StreamKey& key, int draws)
    : posterior_(law),
      draws_(law, key, 0, draws),
      line_(line_of(law)),
      probabilities_(posterior_.count(), kTileWidth) {}

MeanEstimate Commitment::operator()(double sigma) {
    return draws_.average(sigma, [&](const MarginalDraws::Piece&, const Tile& x) {
        posterior_.evaluate(x, sigma, probabilities_);
        return Row(probabilities_.colwise().squaredNorm().array());
    });
}

double Commitment::exact(double sigma) const {
    return line_ ? commitment(*line_, sigma) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace sigmaflow
