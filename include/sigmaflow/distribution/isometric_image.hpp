#pragma once
/// \file
/// The image of any law under a scaled isometry of its space into another: z -> s Q (z - o) + b, Q^T Q = I.

#include <memory>
#include <optional>

#include "sigmaflow/distribution/affine_map.hpp"
#include "sigmaflow/distribution/distribution.hpp"

namespace sigmaflow {

/// Noise sigma on the image is noise sigma/s before: with z = Q^T (x - b)/s + o,
/// m(x; sigma) = s Q (m_z(z; sigma/s) - o) + b, C = s^2 Q C_z Q^T, and
/// ln p_sigma(x) = ln p_z(z; sigma/s) - d ln s - |(I - Q Q^T)(x - b)|^2 / 2 sigma^2 - (d' - d)/2 ln(2 pi sigma^2).
///
/// Two products with Q per evaluation, O(d' d), and O(d' d^2) for C; none of these when Q is the identity.
class IsometricImageDenoiser : public Denoiser {
  public:
    /// `inner` must outlive the denoiser.
    IsometricImageDenoiser(const Denoiser& inner, const Isometry& map);

    [[nodiscard]] int dim() const override { return static_cast<int>(map_.shift.size()); }
    [[nodiscard]] Capabilities capabilities() const override { return inner_->capabilities(); }
    [[nodiscard]] std::unique_ptr<Workspace> workspace() const override;
    void evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                  PosteriorTile& out) const override;
    /// Dm = Q Dm_z Q^T.
    [[nodiscard]] bool has_mean_derivatives() const override { return inner_->has_mean_derivatives(); }
    void mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs, const Tile& directions,
                          Workspace& workspace, PosteriorTile& out, Tile& derivatives) const override;
    [[nodiscard]] Work mean_derivatives_cost(const Needs& needs, int directions, int width) const override;
    [[nodiscard]] int cumulant_order() const override { return inner_->cumulant_order(); }
    void cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order, Workspace& workspace,
                   Eigen::Ref<Tile> out) const override;
    /// nu and e shrink to those of z, so that G = s^2 G_z.
    [[nodiscard]] bool has_contracted_moments() const override { return inner_->has_contracted_moments(); }
    void contracted_moments(const Tile& x, const Row& sigma, Workspace& workspace,
                            ContractedMoments& out) const override;
    [[nodiscard]] Work cost(const Needs& needs, int width) const override;

  private:
    struct Scratch;

    [[nodiscard]] bool turns() const { return map_.basis.size() > 0; }
    void pull_back(const Tile& x, const Row& sigma, Scratch& scratch) const;
    void push_forward(const Needs& needs, Scratch& scratch, PosteriorTile& out) const;
    [[nodiscard]] Work image_cost(const Needs& needs, int width) const;
    void log_density(Scratch& scratch, PosteriorTile& out) const;

    const Denoiser* inner_;
    Isometry map_;
};

class IsometricImage : public Distribution {
  public:
    IsometricImage(std::shared_ptr<const Distribution> law, Isometry map);

    [[nodiscard]] int dim() const override { return static_cast<int>(map_.shift.size()); }
    [[nodiscard]] Moments moments() const override;
    [[nodiscard]] Eigen::VectorXd mean() const override { return map()(law_->mean()); }
    [[nodiscard]] Eigen::MatrixXd covariance_root() const override;
    [[nodiscard]] const Denoiser& posterior() const override { return denoiser_; }
    /// The image of an image is an image of the first law.
    [[nodiscard]] std::unique_ptr<Distribution> mapped(const AffineMap& map) const override;
    void draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const override;

  private:
    [[nodiscard]] AffineMap map() const;

    std::shared_ptr<const Distribution> law_;
    Isometry map_;
    IsometricImageDenoiser denoiser_;
};

}  // namespace sigmaflow
