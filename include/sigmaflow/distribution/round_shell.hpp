#pragma once
/// \file
/// The round shell of radius R: its posterior is von Mises-Fisher, in closed form.

#include "sigmaflow/distribution/ellipsoid_shell.hpp"

namespace sigmaflow {

/// kappa = R r / sigma^2, m = R A x/r, radial variance R^2 dA/dkappa, tangential R^2 A/kappa: each with full relative
/// accuracy at every sigma (numerics/von_mises_fisher.hpp).
class RoundShellDenoiser : public ShellDenoiser {
  public:
    /// A sphere S^{span-1} in the first `span` >= 2 of `dim` coordinates.
    RoundShellDenoiser(double radius, int span, int dim);

    [[nodiscard]] std::unique_ptr<Workspace> workspace() const override;
    void evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                  PosteriorTile& out) const override;
    /// By the contour integral.
    [[nodiscard]] FormCumulants form_cumulants(FormWorkspace& workspace) const override;
    [[nodiscard]] Work cost(const Needs& needs, int width) const override;

  private:
    struct Scratch;

    EllipsoidShellDenoiser contour_;
};

}  // namespace sigmaflow
