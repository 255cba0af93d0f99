#pragma once
/// \file
/// A Fisher-Bingham law with the further weight sqrt(q(u)), q = sum_i w_i u_i^2: what the uniform measure on an
/// ellipsoid's surface is in terms of the sphere.

#include "sigmaflow/numerics/fisher_bingham.hpp"
#include "sigmaflow/numerics/precise_cumulants.hpp"

namespace sigmaflow {

/// sqrt(q) = q (2/sqrt(pi)) int_0^inf exp(-t^2 q) dt turns the weight into an integral over Fisher-Bingham laws with
/// lambda_i + t^2 w_i, all terms positive, each a contour integral in which q times a Gaussian has elementary moments.
/// t = sinh(y) with steps of 0.13: the strip of convergence |Im y| < pi/4 makes the error exp(-38), for every q.
class FisherBinghamRoot {
  public:
    static constexpr int kMostSteps = 120;

    /// w_i in (0, 1] with maximum 1.
    explicit FisherBinghamRoot(const Eigen::VectorXd& weights);

    /// As FisherBingham::solve.
    void solve(const double* excess, const double* pull, double noise);

    /// ln of the average of sqrt(q) under the law without it.
    [[nodiscard]] double log_average() const { return log_average_; }
    /// The law without the weight.
    [[nodiscard]] const FisherBingham& base() const { return base_; }
    [[nodiscard]] const Eigen::VectorXd& mean() const { return mean_; }
    [[nodiscard]] const Eigen::MatrixXd& covariance() const { return covariance_; }
    /// kappa_1 .. kappa_4 of sum_i c_i u_i; solves again, as the nodes are not kept.
    FisherBingham::Cumulants cumulants(const double* excess, const double* pull, double noise,
                                       const double* coefficients);
    /// The same in more digits, in milliseconds or tenths of a second. `unit`: the length that the other numbers are in
    /// units of.
    FisherBingham::Cumulants precise_cumulants(Digits digits, const double* excess, const double* pull, double noise,
                                               const LinearFormOnShell& form, double unit);
    /// Contour nodes of the last solve, all steps together.
    [[nodiscard]] int nodes() const { return nodes_; }

  private:
    using Complex = std::complex<double>;

    void integrate(const double* excess, const double* pull, double noise, const double* coefficients);
    double tilt(const double* excess, const double* pull, double noise, double t);
    double add(double weight, const double* coefficients);
    void add_node(double weight, int node, const double* coefficients);

    Eigen::VectorXd weights_;
    int dim_;
    FisherBingham base_;
    FisherBingham tilted_;
    Eigen::VectorXd excess_;
    Eigen::VectorXd mean_;
    Eigen::MatrixXd covariance_;
    double sum_ = 0.0;       ///< of q times the weights
    Eigen::VectorXd first_;  ///< of u - base mean
    Eigen::MatrixXd second_;
    std::array<double, 4> moments_{};  ///< of sum_i c_i (u_i - base mean_i)
    std::array<double, 4> terms_{};    ///< the same sums without signs
    std::vector<Complex> offset_, slope_, variance_;
    double log_average_ = 0.0;
    int nodes_ = 0;
};

}  // namespace sigmaflow
