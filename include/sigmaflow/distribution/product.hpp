#pragma once
/// \file
/// Independent factors side by side: x0 = (x0_1, ..., x0_m), each with a law of its own.

#include <optional>

#include "sigmaflow/distribution/laws.hpp"

namespace sigmaflow {

/// Everything factorises: m is stacked, C is block diagonal, ln p_sigma, tr C, the entropy and the cumulants add up.
/// The cost is the sum of the factors' costs.
class ProductDenoiser : public Denoiser {
  public:
    /// The factors must outlive the denoiser.
    explicit ProductDenoiser(Posteriors factors);

    [[nodiscard]] int dim() const override { return dim_; }
    [[nodiscard]] Capabilities capabilities() const override { return capabilities_of(factors_); }
    [[nodiscard]] std::unique_ptr<Workspace> workspace() const override;
    void evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                  PosteriorTile& out) const override;
    /// Every factor has its own part of the directions.
    [[nodiscard]] bool has_mean_derivatives() const override { return have_mean_derivatives(factors_); }
    void mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs, const Tile& directions,
                          Workspace& workspace, PosteriorTile& out, Tile& derivatives) const override;
    [[nodiscard]] Work mean_derivatives_cost(const Needs& needs, int directions, int width) const override;
    [[nodiscard]] int cumulant_order() const override { return cumulant_order_of(factors_); }
    void cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order, Workspace& workspace,
                   Eigen::Ref<Tile> out) const override;
    /// They stand side by side or add up: factors are independent, and nu and G of each have mean zero.
    [[nodiscard]] bool has_contracted_moments() const override { return have_contracted_moments(factors_); }
    void contracted_moments(const Tile& x, const Row& sigma, Workspace& workspace,
                            ContractedMoments& out) const override;
    [[nodiscard]] Work cost(const Needs& needs, int width) const override;

  private:
    struct Scratch;

    void start(PosteriorTile& out) const;
    void add(std::size_t factor, int first, const Needs& needs, Scratch& scratch, PosteriorTile& out) const;

    Posteriors factors_;
    int dim_ = 0;
};

class Product : public Distribution {
  public:
    /// At least one factor.
    explicit Product(Laws factors);

    [[nodiscard]] int dim() const override { return denoiser_.dim(); }
    [[nodiscard]] Moments moments() const override;
    [[nodiscard]] Eigen::MatrixXd covariance_root() const override;
    [[nodiscard]] const Denoiser& posterior() const override { return denoiser_; }
    [[nodiscard]] const GaussianLaw* gaussian() const override { return gaussian_ ? &*gaussian_ : nullptr; }
    /// Every choice of one component of each factor, if there are no more than `most`.
    [[nodiscard]] std::optional<MixtureLaw> mixture(std::int64_t most) const override;
    /// A product again, possibly turned, if the images of different factors are orthogonal. Otherwise what a Gaussian
    /// mixture allows, and NoClosedForm beyond: x0 -> L x0 mixes the factors, and under isotropic noise they are then
    /// no longer independent given x.
    [[nodiscard]] std::unique_ptr<Distribution> mapped(const AffineMap& map) const override;
    void draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const override;

  private:
    Laws factors_;
    ProductDenoiser denoiser_;
    std::optional<GaussianLaw> gaussian_;
};

}  // namespace sigmaflow
