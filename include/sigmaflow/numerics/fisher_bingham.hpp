#pragma once
/// \file
/// The Fisher-Bingham law exp(-(sum_i D_i u_i^2 - 2 p_i u_i) / (2 noise)) on the unit sphere S^{k-1} as one contour
/// integral (docs/theory.md, section 3): given the contour variable the coordinates are independent complex Gaussians,
/// so that every moment is a weighted sum over a few nodes.

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <complex>
#include <vector>

namespace sigmaflow {

/// z(y) = unit (i S - curvature 2 S^2/(1 + cosh(y/b))), S = b sinh(y/b): a parabola that turns into a ray, with its
/// mirror image for y < 0.
struct ContourPath {
    static constexpr double stretch = 2.0;  ///< b: where it turns, in widths of the integrand
    double curvature = 0.0;
    double unit = 1.0;
    double step = 0.0;  ///< in y, of a rule that is exact to 1e-15

    template <class Real>
    struct Place {
        Real re, im, slope_re, slope_im;
    };

    /// z and dz/dy over `unit`.
    template <class Real>
    [[nodiscard]] Place<Real> at(const Real& y) const {
        using std::exp;
        const Real grow = exp(Real(y / stretch));
        const Real sine = stretch / 2 * (grow - 1 / grow);
        const Real cosine = (grow + 1 / grow) / 2;
        const double twice = 2.0 * curvature;
        return {-twice * sine * sine / (cosine + 1), sine, -twice * sine, cosine};
    }
};

/// Solves one law after the other without allocation. The bits depend on the law alone.
///
/// Variables: omega is the saddle point, the root of sum_i noise/D_i + p_i^2/D_i^2 = 1 with D_i = excess_i + omega;
/// shares e_i = omega/D_i, centres b_i = p_i/D_i, alpha = noise/omega. On the contour, with z = (D(s) - D)/omega,
/// coordinate i has the mean b_i/(1 + e_i z) and the variance alpha e_i/(1 + e_i z). Everything is written as a
/// difference from the saddle point, so nothing cancels at small noise.
class FisherBingham {
  public:
    static constexpr int kMostNodes = 2048;

    explicit FisherBingham(int dim);

    /// excess_i >= 0 with minimum 0, pull_i = p_i, noise > 0. All finite; numbers and their quotients within 1e+-300.
    void solve(const double* excess, const double* pull, double noise);

    [[nodiscard]] int dim() const { return dim_; }
    /// Nodes on the upper half of the contour, the real one included.
    [[nodiscard]] int nodes() const { return nodes_; }
    /// Whether the last doubling of the nodes confirmed them.
    [[nodiscard]] bool converged() const { return converged_; }
    /// On which the nodes lie.
    [[nodiscard]] const ContourPath& path() const { return path_; }
    [[nodiscard]] double saddle() const { return omega_; }
    [[nodiscard]] double centre(int i) const { return centre_[i]; }
    [[nodiscard]] double share(int i) const { return share_[i]; }
    [[nodiscard]] double alpha() const { return alpha_; }
    [[nodiscard]] std::complex<double> node(int j) const { return {z_re_[j], z_im_[j]}; }
    /// Weights with sum Re = 1: the average of f is sum_j Re[weight_j f(node_j)].
    [[nodiscard]] std::complex<double> weight(int j) const { return {w_re_[j], w_im_[j]}; }
    /// The part of the nodes in the normaliser: ln int exp(...) dS = ln 2 + (k/2) ln(2 pi noise) - (1/2) sum_i ln D_i
    /// + (omega + sum_i p_i^2/D_i) / (2 noise) + log_contour.
    [[nodiscard]] double log_contour() const { return log_contour_; }

    /// E u_i. Filled by solve.
    [[nodiscard]] const double* mean() const { return mean_.data(); }
    /// Var u_i.
    const double* variance();
    /// out(i, j) = scale_i scale_j Cov[u_i, u_j], exactly symmetric, with variance() on the diagonal: one product of a
    /// k x nodes matrix with its transpose.
    void covariance(const double* scale, Eigen::Ref<Eigen::MatrixXd> out);
    struct Cumulants {
        std::array<double, 4> kappa{};  ///< kappa_1 .. kappa_4
        /// Estimate of that of kappa_K / kappa_2^{K/2}, by what cancels in the sums: large for forms that hardly vary
        /// along the surface where the law lives. PreciseCumulants has no such limit.
        double error = 0.0;
    };
    /// Cumulants of sum_i c_i u_i.
    Cumulants cumulants(const double* coefficients);

  private:
    static constexpr int kLanes = 8;
    static constexpr int kChunk = 64;  ///< nodes of one covariance product
    static constexpr int kMonitors = 6;
    using Monitors = std::array<double, kMonitors>;

    /// Cumulants given a node; the mean is taken from its value at the saddle point.
    struct Conditional {
        std::complex<double> mean, second, third, fourth;
    };

    void find_saddle(const double* pull, double noise);
    void lay_contour();
    bool march(double first, int most, Monitors& sums);
    double append(double y, double weight, Monitors& sums);
    [[nodiscard]] std::complex<double> exponent(std::complex<double> z) const;
    void average();
    [[nodiscard]] Conditional conditional(const double* coefficients, double mu, std::complex<double> z) const;
    void add_product(int width, bool first, Eigen::Ref<Eigen::MatrixXd> out);

    int dim_;
    int padded_;
    Eigen::ArrayXd excess_;
    Eigen::ArrayXd pull_;
    Eigen::ArrayXd share_;   ///< e_i, 0 in the padding
    Eigen::ArrayXd centre_;  ///< b_i
    Eigen::ArrayXd force_;   ///< g_i = b_i^2 e_i / alpha
    Eigen::ArrayXd shift_;   ///< averages of v_i = z/(1 + e_i z)
    Eigen::ArrayXd mean_;
    Eigen::ArrayXd variance_;
    Eigen::ArrayXd z_re_, z_im_, w_re_, w_im_;
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> left_, right_;  ///< k x 2 kChunk
    double omega_ = 0.0;
    double alpha_ = 0.0;
    double total_share_ = 0.0;
    double log_contour_ = 0.0;
    ContourPath path_;
    int first_rule_ = 0;  ///< nodes of the last rule but one; those after them lie half-way between
    int nodes_ = 0;
    bool converged_ = false;
};

}  // namespace sigmaflow
