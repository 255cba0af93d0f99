#include "sigmaflow/distribution/class_weights.hpp"

#include <array>
#include <cmath>

namespace sigmaflow {

ClassWeights::ClassWeights(int classes) : sums_(classes, kTileWidth) {}

void ClassWeights::sum(const PosteriorWeights& weights, const Labels& labels) {
    sums_.setZero();
    for (const int k : weights.active) {
        sums_.row(labels.of_point[static_cast<std::size_t>(k)]) += weights.table.row(k);
    }
    std::array<Eigen::Index, kTileWidth> dominant{};
    for (Eigen::Index c = 0; c < sums_.rows(); ++c) {
        for (int column = 0; column < kTileWidth; ++column) {
            Eigen::Index& best = dominant[static_cast<std::size_t>(column)];
            if (!(sums_(c, column) <= sums_(best, column))) best = c;  // NaN wins and stays visible
        }
    }
    rest_.setZero();
    for (int column = 0; column < kTileWidth; ++column) {
        const Eigen::Index best = dominant[static_cast<std::size_t>(column)];
        largest_[column] = sums_(best, column);
        for (Eigen::Index c = 0; c < sums_.rows(); ++c) {
            if (c != best) rest_[column] += sums_(c, column) / largest_[column];
        }
    }
}

Row ClassWeights::entropy() const {
    Row spread = Row::Zero();
    const Row log_largest = largest_.log();
    for (Eigen::Index c = 0; c < sums_.rows(); ++c) {
        const Row sum = sums_.row(c);
        const Row term = sum / largest_ * (log_largest - sum.log());
        spread += (sum == 0.0).select(0.0, term);
    }
    return rest_.log1p() + spread / (1.0 + rest_);
}

void ClassWeights::probabilities(Eigen::Ref<Tile> out) const {
    for (Eigen::Index c = 0; c < sums_.rows(); ++c) {
        out.row(c) = (sums_.row(c).array() / largest_ / (1.0 + rest_)).matrix();
    }
}

}  // namespace sigmaflow
