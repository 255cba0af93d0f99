#pragma once
/// \file
/// A mixture of any laws: p0 = sum_k pi_k p0_k.

#include "sigmaflow/distribution/laws.hpp"
#include "sigmaflow/distribution/posterior_weights.hpp"

namespace sigmaflow {

/// r_k ~ pi_k p_{k,sigma}(x) in log space, m = sum r_k m_k, C = sum r_k [C_k + (m_k - m)(m_k - m)^T]; cumulants by the
/// law of total cumulance. The entropy is that of the whole hierarchy of weights, H(r) + sum r_k H_k.
///
/// A workspace holds the posteriors of all components: K w (d + d^2) numbers when C is needed.
class MixtureOfDenoiser : public Denoiser {
  public:
    /// The components must outlive the denoiser; all know their log density.
    MixtureOfDenoiser(Posteriors components, const Eigen::VectorXd& weights);

    [[nodiscard]] int dim() const override { return components_.front()->dim(); }
    [[nodiscard]] Capabilities capabilities() const override { return capabilities_of(components_); }
    [[nodiscard]] std::unique_ptr<Workspace> workspace() const override;
    void evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                  PosteriorTile& out) const override;
    /// C v = sum r_k [C_k v + (m_k - m) <m_k - m, v>], C_k v by the components' own way.
    [[nodiscard]] bool has_mean_derivatives() const override { return have_mean_derivatives(components_); }
    void mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs, const Tile& directions,
                          Workspace& workspace, PosteriorTile& out, Tile& derivatives) const override;
    [[nodiscard]] Work mean_derivatives_cost(const Needs& needs, int directions, int width) const override;
    [[nodiscard]] int cumulant_order() const override { return cumulant_order_of(components_); }
    void cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order, Workspace& workspace,
                   Eigen::Ref<Tile> out) const override;
    [[nodiscard]] Work cost(const Needs& needs, int width) const override;

  private:
    struct Scratch;

    void weigh(const Tile& x, const Row& sigma, const Needs& needs, const Tile* directions, Scratch& scratch) const;
    void average(const Needs& needs, Scratch& scratch, PosteriorTile& out) const;
    [[nodiscard]] Work sum_cost(const Needs& needs, int width) const;
    void spread(const Needs& needs, Scratch& scratch, PosteriorTile& out) const;

    Posteriors components_;
    Eigen::VectorXd log_weights_;
};

class MixtureOf : public Distribution {
  public:
    /// At least one component, all of one dimension; positive weights, any sum.
    MixtureOf(Laws components, Eigen::VectorXd weights);

    [[nodiscard]] int dim() const override { return components_.front()->dim(); }
    [[nodiscard]] Moments moments() const override;
    [[nodiscard]] Eigen::VectorXd mean() const override;
    [[nodiscard]] Eigen::MatrixXd covariance_root() const override;
    [[nodiscard]] const Denoiser& posterior() const override { return denoiser_; }
    [[nodiscard]] const GaussianLaw* gaussian() const override;
    [[nodiscard]] std::optional<MixtureLaw> mixture(std::int64_t most) const override;
    /// The mixture of the components' images.
    [[nodiscard]] std::unique_ptr<Distribution> mapped(const AffineMap& map) const override;
    void draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const override;

  private:
    Laws components_;
    Eigen::VectorXd weights_;
    Eigen::VectorXd cumulative_;
    MixtureOfDenoiser denoiser_;
};

}  // namespace sigmaflow
