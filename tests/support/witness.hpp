#pragma once
/// \file
/// A second opinion on posteriors of Gaussian mixtures: 50 digits, naive sums, a hand-written factorisation of
/// S_k + sigma^2 I. It shares no line with src.

#include <Eigen/Core>
#include <array>
#include <vector>

namespace sigmaflow::witness {

/// A component with covariance S = dense + sphere (I - U U^T) + U diag(variances) U^T. The columns of U are made
/// orthonormal in 50 digits, so that a flat direction is flat to all of them.
struct Component {
    double weight = 1.0;
    Eigen::VectorXd mean;
    Eigen::MatrixXd dense;  ///< 0 x 0 for none
    double sphere = 0.0;
    Eigen::MatrixXd axes;  ///< 0 x 0 for none
    Eigen::VectorXd variances;
};

struct Posterior {
    double log_density = 0.0;
    Eigen::VectorXd mean;
    Eigen::MatrixXd covariance;
    double entropy = 0.0;
};

[[nodiscard]] Posterior posterior(const std::vector<Component>& mixture, const Eigen::VectorXd& x, double sigma);

/// A component given x, seen along a direction v.
struct Sight {
    double weight = 0.0;    ///< r_k
    double offset = 0.0;    ///< <v, m_k - m>
    double width = 0.0;     ///< root of <v, C_k v>
    double distance = 0.0;  ///< |m_k - m|
};

struct Cumulants {
    std::array<double, 6> values{};   ///< kappa_1 .. kappa_6 of <v, x0> given x
    std::array<double, 6> central{};  ///< mu_1 .. mu_6
    std::vector<Sight> components;
};

/// Central moments summed component by component, and the textbook's polynomials in them.
[[nodiscard]] Cumulants cumulants(const std::vector<Component>& mixture, const Eigen::VectorXd& x, double sigma,
                                  const Eigen::VectorXd& direction);

/// exp(x), correctly rounded.
[[nodiscard]] double exponential(double x);

}  // namespace sigmaflow::witness
