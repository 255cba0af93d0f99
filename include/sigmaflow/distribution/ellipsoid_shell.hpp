#pragma once
/// \file
/// The kind `ellipsoid_shell`: x0 = A u with u on the unit sphere S^{k-1} and A = diag(axes) into the first k of d
/// coordinates. Uniform u is the measure `pushforward`; the measure `surface` is uniform on the ellipsoid itself.

#include "sigmaflow/distribution/registry.hpp"
#include "sigmaflow/distribution/shell_denoiser.hpp"

namespace sigmaflow {

[[nodiscard]] Kind ellipsoid_shell_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_ellipsoid_shell(const Parameters& parameters);

/// The parameters axes, dim and radius, which say where a shell lies.
[[nodiscard]] std::vector<Parameter> shell_parameters();

/// The semi-axes, in the first coordinates of space of `dim` dimensions.
struct ShellShape {
    Eigen::VectorXd axes;  ///< 2 to 4096 numbers > 0
    int dim = 0;
};
/// An InputError if axes, dim and radius do not fit together.
[[nodiscard]] ShellShape shell_shape(const Parameters& parameters);

/// The posterior under the pushforward measure is Fisher-Bingham in u: one contour integral per particle
/// (numerics/fisher_bingham.hpp).
///
/// Accuracy: m and C within 1e-11 of their norms for sigma from 1e-3 of the shortest axis to 1e3 times it, axis ratios
/// to 30 and k to 4096; finite everywhere. ln p is known to 1e-11 and to what rounding of x does to it.
class EllipsoidShellDenoiser : public ShellDenoiser {
  public:
    using ShellDenoiser::ShellDenoiser;

    [[nodiscard]] std::unique_ptr<Workspace> workspace() const override;
    void evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                  PosteriorTile& out) const override;
    [[nodiscard]] FormCumulants form_cumulants(FormWorkspace& workspace) const override;
    [[nodiscard]] Work cost(const Needs& needs, int width) const override;
    /// Nodes that the last column of the last evaluation took.
    [[nodiscard]] static int nodes(const Workspace& workspace);

  private:
    struct Scratch;

    void spread(const Needs& needs, int c, Scratch& scratch, PosteriorTile& out) const;
};

/// The pushforward of the uniform measure on the sphere.
class EllipsoidShell : public Distribution {
  public:
    EllipsoidShell(Eigen::VectorXd axes, int dim);

    [[nodiscard]] int dim() const override { return dim_; }
    [[nodiscard]] Moments moments() const override;
    [[nodiscard]] const Denoiser& posterior() const override { return *denoiser_; }
    [[nodiscard]] const Eigen::VectorXd& axes() const { return axes_; }
    /// A shell again, turned: x0 = L A u = U S u' with the singular values of L A as axes. Semi-axes that differ by
    /// less than 1e-13 of themselves are equal. NoClosedForm if the map flattens the shell.
    [[nodiscard]] std::unique_ptr<Distribution> mapped(const AffineMap& map) const override;
    void draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const override;

  private:
    Eigen::VectorXd axes_;
    int dim_;
    std::unique_ptr<Denoiser> denoiser_;
};

/// A point of the unit sphere, uniform.
void draw_direction(Stream& stream, Eigen::Ref<Eigen::VectorXd> u);

}  // namespace sigmaflow
