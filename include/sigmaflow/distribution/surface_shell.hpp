#pragma once
/// \file
/// The uniform measure on the surface of an ellipsoid with 2 or 3 axes: u on the sphere has the density |A^-T u|.

#include "sigmaflow/distribution/ellipsoid_shell.hpp"

namespace sigmaflow {

/// x0 = diag(axes) u, u with a density proportional to sqrt(q), q = sum_i weights_i u_i^2 <= 1: for the surface of the
/// ellipsoid itself weights_i = (min a / a_i)^2; a linear image of it keeps its weights.
struct SurfaceLaw {
    Eigen::VectorXd axes;
    Eigen::VectorXd weights;
    int dim = 0;
};

/// The contour integral of the pushforward measure inside an integral over tilted laws
/// (numerics/fisher_bingham_root.hpp); the accuracy is that of EllipsoidShellDenoiser.
class SurfaceShellDenoiser : public ShellDenoiser {
  public:
    explicit SurfaceShellDenoiser(const SurfaceLaw& law);

    [[nodiscard]] std::unique_ptr<Workspace> workspace() const override;
    void evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                  PosteriorTile& out) const override;
    [[nodiscard]] FormCumulants form_cumulants(FormWorkspace& workspace) const override;
    [[nodiscard]] Work cost(const Needs& needs, int width) const override;

  private:
    struct Scratch;

    Eigen::VectorXd weights_;
    double log_average_;  ///< ln of the average of sqrt(q) over the sphere
};

class SurfaceShell : public Distribution {
  public:
    explicit SurfaceShell(SurfaceLaw law);

    [[nodiscard]] int dim() const override { return law_.dim; }
    [[nodiscard]] Moments moments() const override;
    [[nodiscard]] const Denoiser& posterior() const override { return denoiser_; }
    [[nodiscard]] const SurfaceLaw& law() const { return law_; }
    /// The image keeps the density in u: it has a closed form if the images of the axes are orthogonal.
    [[nodiscard]] std::unique_ptr<Distribution> mapped(const AffineMap& map) const override;
    /// By rejection: sqrt(q) <= 1 is exact.
    void draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const override;

  private:
    SurfaceLaw law_;
    SurfaceShellDenoiser denoiser_;
};

/// The surface of the ellipsoid with these axes; with `identity` its image of identity covariance, whose density in u
/// stays that of the ellipsoid.
[[nodiscard]] std::unique_ptr<Distribution> make_surface_shell(const Eigen::VectorXd& axes, int dim, bool identity);

}  // namespace sigmaflow
