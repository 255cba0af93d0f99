#pragma once
/// \file
/// The one stationary point that p_sigma has at large sigma, followed down in sigma, with the top of the posterior
/// covariance there.

#include <memory>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {

class DominantEigenpairs;

/// Which x the centre of a law is.
enum class CentreRule {
    stationary,  ///< x = m(x; sigma), from large sigma down: the mode that all others part from
    mean         ///< x = E[x0] at every sigma: defined for laws without symmetry as well
};

/// The law at its centre.
struct CentreState {
    double sigma = 0.0;
    Eigen::VectorXd x;          ///< d
    double residual = 0.0;      ///< |x - m|
    bool converged = false;     ///< residual at rounding; true by definition for CentreRule::mean
    double top_variance = 0.0;  ///< a = the largest eigenvalue of C = Cov[x0 | x]
    Eigen::VectorXd direction;  ///< its eigenvector
};

/// Steps from one sigma to the next: Newton in the span of the eight largest eigenvectors of C, mean shift x <- m(x) in
/// the rest, where it contracts by C/sigma^2. Costs a few products with C per sigma and works without a d x d matrix
/// for laws whose denoiser does.
class CentreFollower {
  public:
    /// The law must outlive this object.
    CentreFollower(const Distribution& law, CentreRule rule);
    ~CentreFollower();

    /// The centre at `sigma`, starting from `from`, a centre at a sigma nearby.
    [[nodiscard]] CentreState follow(const CentreState& from, double sigma);
    /// The centre from E[x0]: at a sigma above the width of the law.
    [[nodiscard]] CentreState start(double sigma);

  private:
    void evaluate(const Eigen::VectorXd& x, double sigma);
    EigenPairs spectrum(const Eigen::VectorXd& x, double sigma);

    const Distribution* law_;
    CentreRule rule_;
    Eigen::VectorXd mean_;
    std::unique_ptr<Denoiser::Workspace> workspace_;
    PosteriorTile posterior_;
    Tile x_;
    std::unique_ptr<DominantEigenpairs> dominant_;
    Eigen::VectorXd m_;  ///< at the last evaluation
};

}  // namespace sigmaflow
