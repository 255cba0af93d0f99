#pragma once
/// \file
/// How much happens to a law per step of ln sigma: the densities that the grids `entropy`, `fisher` and `error` make
/// even. Averages over a fixed set of exact draws x = x0 + sigma n with the same x0 and n at every sigma.

#include <cstdint>
#include <memory>
#include <vector>

#include "sigmaflow/distribution/distribution.hpp"

namespace sigmaflow {

/// One evaluation of a rate takes 1 (entropy, fisher) or 3 (error) evaluations of the denoiser at every particle. The
/// particles follow from the law alone, not from a study's seed: a point has the same grid in every study.
class InformationRates {
  public:
    /// The law must outlive this object.
    InformationRates(const Distribution& law, int particles);

    /// -dI(x0; x_sigma) / d ln sigma = mmse / sigma^2 in nats, by dI / d sigma^-2 = mmse / 2 (Guo, Shamai and Verdu
    /// 2005), mmse = E tr C, or E |x0 - m|^2 if the denoiser does not know the trace.
    [[nodiscard]] double entropy(double sigma);

    /// The speed of p_sigma in the Fisher-Rao metric per unit of ln sigma: the root of E[(d ln p_sigma / d ln
    /// sigma)^2], where d ln p_sigma(x) / d ln sigma = (tr C + |x - m|^2) / sigma^2 - d. The denoiser must know the
    /// trace.
    [[nodiscard]] double fisher(double sigma);

    /// The root of what Euler's local error is per (step of ln sigma)^2, relative to the spread of p_sigma: of
    /// (E |dm/d ln sigma|^2)^(1/2) / (tr Cov[x0] + d sigma^2)^(1/2), dm along the flow by central differences. For
    /// N(mu, c^2 I) it is d atan(sigma/c) / d ln sigma up to a constant.
    [[nodiscard]] double error(double sigma);

  private:
    template <class PerTile>
    double average(double sigma, PerTile value);
    void evaluate(const Tile& x, double sigma);

    const Distribution* law_;
    Needs needs_;
    double spread_;  ///< tr Cov[x0]
    int particles_;
    std::vector<Tile> data_;
    std::vector<Tile> noise_;
    std::unique_ptr<Denoiser::Workspace> workspace_;
    PosteriorTile posterior_;
    Tile x_;
    Tile ahead_;
};

/// The sigmas at which the integral of `rate` over ln sigma has gone i/(n-1) of its way, where `rate` is known at
/// the sigmas of `levels` (decreasing) and linear in ln sigma between them. Empty if the integral is 0 or not finite.
[[nodiscard]] std::vector<double> equal_shares(const std::vector<double>& levels, const std::vector<double>& rate,
                                               std::int64_t n);

}  // namespace sigmaflow
