#pragma once
/// \file
/// Memorisation: the law that N draws of a true law leave, p_N = (1/N) sum_i delta(y_i), against the true law. Its
/// ideal denoiser is what a model learns that fits its training set perfectly.

#include <memory>

#include "sigmaflow/distribution/isotropic_cloud.hpp"
#include "sigmaflow/stability/marginal_draws.hpp"

namespace sigmaflow {

/// What is known at one sigma. Means over held-out draws are of the true law; all errors are of the draws, given the
/// training set.
struct MemorisationLevel {
    /// KL(p_sigma || p_{N,sigma}) in nats over held-out x0 + sigma n. Falls with sigma; d KL/d sigma^2 = -fisher/2.
    MeanEstimate divergence;
    /// E |score of p_sigma - score of p_{N,sigma}|^2 over the same.
    MeanEstimate fisher;
    /// E ln p_{N,sigma}(x0) over held-out x0: sigma is the bandwidth of a kernel density. In nats.
    MeanEstimate held_out;
    /// The same over the training points themselves, less held_out: the generalisation gap.
    MeanEstimate gap;
    /// H(k|x) over x from p_{N,sigma}: how many training points share an x, in nats. N exp(-I) with the information I
    /// of p_N is its exponential.
    MeanEstimate weight_entropy;
    MeanEstimate effective_number;  ///< exp of it, with the error that follows
    MeanEstimate max_weight;        ///< E max_k P(k|x) over the same
};

/// The sigma that overfits least.
struct LeastNoise {
    double sigma = 0.0;  ///< argmin KL(p0 || p_{N,sigma}) = argmax of the held-out log-likelihood
    double error = 0.0;  ///< standard error from the held-out draws
    bool inside = true;  ///< false: the best is an end of the searched range, 1e-4 to 4 times sqrt(tr Cov[x0])
};

/// One training set of N points against one set of held-out draws, at any sigma.
class Memorisation {
  public:
    /// Training points are the particles 0 .. points - 1 of the streams of `key`, so that smaller sets are part of
    /// larger ones; held-out draws come from particles of their own. Every `set` >= 0 has other particles for both. The
    /// law must outlive this object; its denoiser must know the log density, else std::logic_error.
    Memorisation(const Distribution& law, const StreamKey& key, int points, int draws, int set = 0);

    [[nodiscard]] const IsotropicCloud& empirical() const { return *empirical_; }
    /// O(N d draws).
    [[nodiscard]] MemorisationLevel at(double sigma);
    /// E ln p_{N,sigma}(x0) over held-out x0, as in MemorisationLevel.
    [[nodiscard]] MeanEstimate held_out(double sigma) { return clean_likelihood(held_out_, sigma); }
    /// The best on a grid of a quarter in ln sigma, then the root of the derivative, about 50 evaluations.
    [[nodiscard]] LeastNoise least_noise();

  private:
    MeanEstimate clean_likelihood(const MarginalDraws& draws, double sigma);
    MeanEstimate likelihood_slope(double sigma);
    void compare(double sigma, MemorisationLevel& out);
    void weigh(double sigma, MemorisationLevel& out);
    void evaluate(const Tile& x, double sigma, const Needs& needs);

    const Distribution* law_;
    std::unique_ptr<IsotropicCloud> empirical_;
    MarginalDraws held_out_;
    MarginalDraws training_;  ///< all training points with noise, equally often, or the first of them
    std::unique_ptr<Denoiser::Workspace> law_workspace_;
    std::unique_ptr<Denoiser::Workspace> workspace_;
    PosteriorTile true_posterior_;
    PosteriorTile posterior_;
    Tile weights_;
};

}  // namespace sigmaflow
