#pragma once
/// \file
/// I(x0; x_sigma), what a noisy x knows of its data point, and the sigma at which N data points are told apart.

#include <optional>

#include "sigmaflow/stability/collinear_mixture.hpp"
#include "sigmaflow/stability/marginal_draws.hpp"

namespace sigmaflow {

/// (1/2) sum_j ln(1 + lambda_j / sigma^2) in nats: of one Gaussian with these variances.
[[nodiscard]] double gaussian_information(const Eigen::VectorXd& variances, double sigma);

/// The sigma where that equals `information`; 0 if all variances are 0. To rounding.
[[nodiscard]] double gaussian_collapse(const Eigen::VectorXd& variances, double information);

/// How the information of a law is known.
enum class InformationMethod {
    closed_form,   ///< one Gaussian
    quadrature,    ///< a collinear mixture, to 1e-15
    components,    ///< a Gaussian mixture: sum_k w_k I_k + H(w) - E H(k|x), the last term from draws
    normal_excess  ///< any law: I of the Gaussian of equal covariance, less E ln(p_sigma / its density) from draws
};

/// I(x0; x_sigma) in nats, of any law whose denoiser knows its log density. Decreases with sigma; from draws that are
/// the same at every sigma. Both estimates are exact for one Gaussian; the error of `components` is below ln K /
/// sqrt(draws) in any dimension. `normal_excess` takes O(d^3) once.
class InformationCurve {
  public:
    /// The law must outlive this object.
    InformationCurve(const Distribution& law, const StreamKey& key, int draws);

    [[nodiscard]] InformationMethod method() const { return method_; }
    [[nodiscard]] MeanEstimate operator()(double sigma);
    /// sum_k w_k I_k, what x knows of x0 given its component; all of I for one Gaussian. NaN for laws that are no
    /// Gaussian mixture.
    [[nodiscard]] double within(double sigma) const;

  private:
    MeanEstimate label_entropy(double sigma);
    MeanEstimate normal_excess(double sigma);

    const Distribution* law_;
    InformationMethod method_;
    std::optional<CollinearMixture> line_;
    std::optional<MixtureLaw> mixture_;
    Eigen::VectorXd weights_;  ///< of the components, sum 1
    Eigen::VectorXd centre_;   ///< E[x0]
    EigenPairs covariance_;    ///< of x0
    std::optional<MarginalDraws> draws_;
    std::unique_ptr<Denoiser::Workspace> workspace_;
    std::optional<PosteriorTile> posterior_;
};

/// Collapse: below this sigma N draws of the law are told apart, and a denoiser that has learnt them alone returns one
/// of them (Biroli et al. 2024): ln N = I(x0; x_sigma).
struct Collapse {
    double sigma = 0.0;  ///< NaN if I never reaches ln N
    double error = 0.0;  ///< standard error, from that of I over its slope
};

/// The sigma where `curve` equals `information` > 0, by bisection. About 60 evaluations.
[[nodiscard]] Collapse collapse_point(InformationCurve& curve, double information, double scale);
/// The same for the information within components alone: of equal clusters, what one of them would say (the formula of
/// Biroli et al.). Exact; 0 for components without width, NaN for laws that are no Gaussian mixture.
[[nodiscard]] Collapse within_collapse(const InformationCurve& curve, double information, double scale);

}  // namespace sigmaflow
