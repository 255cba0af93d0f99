#include "sigmaflow/stability/commitment.hpp"

#include <algorithm>
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
      law_(&law),
      key_(key),
      draws_(draws),
      line_(line_of(law)),
      probabilities_(posterior_.count(), kTileWidth) {}

MeanEstimate Commitment::operator()(double sigma) {
    SampleMean sum;
    for (int first = 0; first < draws_; first += kTileWidth) {
        const MarginalDraws draws(*law_, key_, first, std::min(kTileWidth, draws_ - first));
        const MarginalDraws::Piece& piece = draws.pieces().front();
        posterior_.evaluate(piece.x0 + sigma * piece.noise, sigma, probabilities_);
        for (int c = 0; c < piece.columns; ++c) sum.add(probabilities_.col(c).squaredNorm());
    }
    return estimate_of(sum);
}

double Commitment::exact(double sigma) const {
    return line_ ? commitment(*line_, sigma) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace sigmaflow
