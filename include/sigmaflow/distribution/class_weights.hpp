#pragma once
/// \file
/// The posterior over classes: posterior weights of the points of each class, summed.

#include "sigmaflow/distribution/labels.hpp"
#include "sigmaflow/distribution/posterior_weights.hpp"

namespace sigmaflow {

/// Scratch of a denoiser whose components are labelled.
class ClassWeights {
  public:
    explicit ClassWeights(int classes);

    /// Sums the normalised weights of each class.
    void sum(const PosteriorWeights& weights, const Labels& labels);
    /// -sum_c p_c ln p_c in nats, accurate relative to itself: ln(1 + rest) + sum_c p_c ln(s_max / s_c), all terms >=
    /// 0.
    [[nodiscard]] Row entropy() const;
    /// Row c becomes p_c.
    void probabilities(Eigen::Ref<Tile> out) const;

  private:
    Tile sums_;    ///< C x w: s_c = sum of e_k over the class
    Row largest_;  ///< s_max
    Row rest_;     ///< sum of the others / s_max
};

}  // namespace sigmaflow
