#pragma once
/// \file
/// A second opinion on mixtures of Gaussians with diagonal covariances, large enough for 10^5 points or 4096
/// dimensions: 50 digits, naive sums, O(K d). It shares no line with src.

#include <Eigen/Core>
#include <vector>

namespace sigmaflow::witness {

/// N(mean, diag(variances)); without variances, a point.
struct DiagonalComponent {
    double weight = 1.0;
    Eigen::VectorXd mean;
    Eigen::VectorXd variances;
};

/// What is left of a component in the posterior.
struct Share {
    double weight = 0.0;     ///< r_k
    double distance = 0.0;   ///< |m_k - m|
    double width = 0.0;      ///< root of tr C_k
    double condition = 0.0;  ///< |x - mu_k| |(S_k + sigma^2)^-1 (x - mu_k)|, at least the quadratic form itself
    double logs = 0.0;       ///< |ln det (S_k + sigma^2)|
};

struct DiagonalPosterior {
    double log_density = 0.0;
    Eigen::VectorXd mean;
    Eigen::VectorXd variances;  ///< the diagonal of C
    double along = 0.0;         ///< <v, C v> / |v|^2
    double entropy = 0.0;
    std::vector<Share> shares;
};

[[nodiscard]] DiagonalPosterior diagonal_posterior(const std::vector<DiagonalComponent>& mixture,
                                                   const Eigen::VectorXd& x, double sigma,
                                                   const Eigen::VectorXd& direction);

}  // namespace sigmaflow::witness
