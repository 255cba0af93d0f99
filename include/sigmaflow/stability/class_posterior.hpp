#pragma once
/// \file
/// P(k | x): which class of a labelled law, or which component of a Gaussian mixture, a noisy x comes from.

#include <memory>
#include <optional>
#include <string>

#include "sigmaflow/distribution/isotropic_cloud.hpp"
#include "sigmaflow/distribution/posterior_weights.hpp"

namespace sigmaflow {

/// The labels count where there are any: components of a labelled law are its points, not what is asked for. One
/// object per thread; it keeps K w numbers of scratch.
class ClassPosterior {
  public:
    /// Mixtures of more components are not looked at.
    static constexpr std::int64_t kMostComponents = std::int64_t{1} << 17;

    /// Why a law has no classes; empty if it has.
    [[nodiscard]] static std::string mismatch(const Distribution& law);
    /// The law must outlive this object; std::logic_error if it has no classes.
    explicit ClassPosterior(const Distribution& law);
    /// Of a Gaussian mixture whatever its labels.
    explicit ClassPosterior(const MixtureLaw& law);

    [[nodiscard]] int count() const { return count_; }
    /// Row k of `out` becomes P(k | x); its K rows sum to 1 in every column. O(K d) per column for isotropic
    /// components.
    void evaluate(const Tile& x, double sigma, Tile& out);

  private:
    void take(const MixtureLaw& law);
    void weigh(std::size_t k, const Tile& x, double noise);

    int count_ = 0;
    std::unique_ptr<IsotropicCloud> cloud_;  ///< the law with every component a class of its own
    const Denoiser* labelled_ = nullptr;
    std::unique_ptr<Denoiser::Workspace> workspace_;
    std::optional<MixtureLaw> mixture_;  ///< of components that differ in shape
    std::optional<PosteriorWeights> weights_;
};

}  // namespace sigmaflow
