#pragma once
/// \file
/// Any Gaussian mixture, singular covariances included: denoiser and distribution (docs/theory.md, section 3).

#include <optional>
#include <vector>

#include "sigmaflow/distribution/mixture_law.hpp"
#include "sigmaflow/numerics/cumulants.hpp"

namespace sigmaflow {

/// r_k ~ pi_k N(x; mu_k, S_k + sigma^2 I), m_k = mu_k + S_k (S_k + sigma^2)^-1 (x - mu_k),
/// C_k = sigma^2 S_k (S_k + sigma^2)^-1, m = sum r_k m_k, C = sum r_k [C_k + (m_k - m)(m_k - m)^T].
///
/// Component k given x is Gaussian: <v, x0> has the cumulants a_k = <v, m_k>, b_k = <v, C_k v> and no more; the law of
/// total cumulance joins them.
///
/// A workspace holds the conditional means of all components, K (d + 3) w numbers. |x| up to 1e140 and sigma from
/// 1e-140 to 1e140 are taken as they are, what lies beyond as the nearer end (squares would overflow).
class GaussianMixtureDenoiser : public Denoiser {
  public:
    explicit GaussianMixtureDenoiser(const MixtureLaw& law);

    [[nodiscard]] int dim() const override { return dim_; }
    [[nodiscard]] Capabilities capabilities() const override { return {true, true, true, true}; }
    [[nodiscard]] std::unique_ptr<Workspace> workspace() const override;
    void evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                  PosteriorTile& out) const override;
    /// From the axes of the components, O(K d (r + 1)) per direction: no d x d matrix.
    void mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs, const Tile& directions,
                          Workspace& workspace, PosteriorTile& out, Tile& derivatives) const override;
    [[nodiscard]] Work mean_derivatives_cost(const Needs& needs, int directions, int width) const override;
    [[nodiscard]] int cumulant_order() const override { return kMostCumulants; }
    /// Work: O(K d (r + 3)) for axes of rank r, whatever the order.
    void cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order, Workspace& workspace,
                   Eigen::Ref<Tile> out) const override;
    [[nodiscard]] bool has_contracted_moments() const override { return true; }
    void contracted_moments(const Tile& x, const Row& sigma, Workspace& workspace,
                            ContractedMoments& out) const override;
    [[nodiscard]] Work cost(const Needs& needs, int width) const override;

  private:
    struct Scratch;

    void weigh(const Tile& x, const Row& sigma, Scratch& scratch) const;
    void split(const GaussianComponent& component, Scratch& scratch) const;
    void condition(std::size_t k, Scratch& scratch) const;
    void mean(Scratch& scratch, Tile& out) const;
    void along(std::size_t k, const Tile& direction, Scratch& scratch) const;
    void spread(const Needs& needs, Scratch& scratch, PosteriorTile& out) const;
    void centre(int k, Scratch& scratch) const;
    void apply_covariance(int k, const Eigen::Ref<const Tile>& v, Scratch& scratch, Tile& out) const;
    void add_traces(int k, Scratch& scratch) const;

    int dim_;
    int largest_rank_ = 0;
    std::vector<GaussianComponent> components_;
    Eigen::VectorXd log_weights_;
};

class GaussianMixture : public Distribution {
  public:
    explicit GaussianMixture(MixtureLaw law);

    [[nodiscard]] int dim() const override { return law_.dim(); }
    [[nodiscard]] Moments moments() const override { return moments_of(law_); }
    [[nodiscard]] Eigen::VectorXd mean() const override { return mean_of(law_); }
    [[nodiscard]] Eigen::MatrixXd covariance_root() const override;
    [[nodiscard]] const Denoiser& posterior() const override { return denoiser_; }
    [[nodiscard]] const GaussianLaw* gaussian() const override { return gaussian_ ? &*gaussian_ : nullptr; }
    [[nodiscard]] const LineLaw* line() const override { return line_ ? &*line_ : nullptr; }
    [[nodiscard]] const MixtureLaw& law() const { return law_; }
    [[nodiscard]] std::optional<MixtureLaw> mixture(std::int64_t most) const override;
    [[nodiscard]] std::unique_ptr<Distribution> mapped(const AffineMap& map) const override;
    void draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const override;

  private:
    MixtureLaw law_;
    GaussianMixtureDenoiser denoiser_;
    std::optional<GaussianLaw> gaussian_;
    std::optional<LineLaw> line_;
    Eigen::VectorXd cumulative_;
};

/// Cumulative sums of weights, and the component that a uniform number picks from them.
[[nodiscard]] Eigen::VectorXd cumulative_weights(const Eigen::VectorXd& weights);
[[nodiscard]] Eigen::Index pick(const Eigen::VectorXd& cumulative, double uniform);

}  // namespace sigmaflow
