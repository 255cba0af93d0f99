#pragma once
/// \file
/// Commitment: how far a noisy x has decided which class it will become.

#include "sigmaflow/stability/class_posterior.hpp"
#include "sigmaflow/stability/collinear_mixture.hpp"
#include "sigmaflow/stability/marginal_draws.hpp"

namespace sigmaflow {

/// phi(sigma) = E sum_k P(k|x)^2 over x from p_sigma: the probability that two clones of x, each generated on with
/// noise of its own, end in the same class (Biroli, Bonnaire, de Bortoli and Mezard 2024). From sum_k P(k)^2 at large
/// sigma to 1 at 0. For two equal symmetric Gaussians it is 0.7752002453966636 where the centre loses its stability.
class Commitment {
  public:
    /// The law must outlive this object and have classes, see ClassPosterior::mismatch. Draws are made when they are
    /// needed, so that many of them take no memory.
    Commitment(const Distribution& law, const StreamKey& key, int draws);

    [[nodiscard]] int classes() const { return posterior_.count(); }
    [[nodiscard]] MeanEstimate operator()(double sigma);
    /// Its exact value by quadrature, NaN for laws that are no collinear mixture.
    [[nodiscard]] double exact(double sigma) const;

  private:
    ClassPosterior posterior_;
    const Distribution* law_;
    StreamKey key_;
    int draws_;
    std::optional<CollinearMixture> line_;
    Tile probabilities_;
};

}  // namespace sigmaflow
