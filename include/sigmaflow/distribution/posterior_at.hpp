#pragma once
/// \file
/// The posterior at one place, for laws in many dimensions: C is known by its products with vectors and never formed.

#include <Eigen/Core>

namespace sigmaflow {

class PosteriorAt {
  public:
    virtual ~PosteriorAt() = default;
    /// out = C v, d numbers each; not for several threads at once.
    virtual void covariance_times(const Eigen::VectorXd& v, Eigen::VectorXd& out) const = 0;

    Eigen::VectorXd mean;  ///< m(x; sigma)
};

}  // namespace sigmaflow
