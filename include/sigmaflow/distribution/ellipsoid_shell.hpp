#pragma once
/// \file
/// The kind `ellipsoid_shell`: x0 = A u with u on the unit sphere S^{k-1} and A = diag(axes) into the first k of d
/// coordinates. Uniform u is the measure `pushforward`; the measure `surface` is uniform on the ellipsoid itself.

#include "sigmaflow/distribution/registry.hpp"
#include "sigmaflow/numerics/fisher_bingham.hpp"

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

/// A shell in units of its longest axis, and the particles in these units. Lengths are kept within 1e+-90 of it.
class ShellFrame {
  public:
    ShellFrame(const Eigen::VectorXd& axes, int dim);

    /// Copies particle c in units of the longest axis; false if a number is NaN.
    bool load(const Tile& x, const Row& sigma, int c, Eigen::VectorXd& particle, double& noise) const;
    /// Coordinates orthogonal to the span of the shell: their sum of squares.
    [[nodiscard]] double normal_square(const Eigen::VectorXd& particle) const;
    /// ln p_sigma of the scaled problem under the pushforward measure, from its solution.
    [[nodiscard]] double log_density(const Eigen::VectorXd& particle, double noise, const FisherBingham& sphere) const;
    /// Stores ln p_sigma of the scaled problem in the units of x.
    void store_log_density(double value, int c, PosteriorTile& out) const;
    /// All NaN.
    void spoil(const Needs& needs, int c, PosteriorTile& out) const;

    [[nodiscard]] int dim() const { return dim_; }
    [[nodiscard]] int span() const { return static_cast<int>(axes_.size()); }
    [[nodiscard]] double size() const { return size_; }                      ///< the longest axis
    [[nodiscard]] const Eigen::VectorXd& axes() const { return axes_; }      ///< in units of size
    [[nodiscard]] const Eigen::VectorXd& excess() const { return excess_; }  ///< a_i^2 - min a^2, without cancellation

  private:
    int dim_;
    double size_;
    double log_size_;
    double log_gamma_;  ///< ln Gamma(k/2)
    Eigen::VectorXd axes_;
    Eigen::VectorXd excess_;
};

/// The posterior under the pushforward measure is Fisher-Bingham in u: one contour integral per particle
/// (numerics/fisher_bingham.hpp).
///
/// Accuracy: m and C within 1e-11 of their norms for sigma from 1e-3 of the shortest axis to 1e3 times it, axis ratios
/// to 30 and k to 4096; finite everywhere. ln p is known to 1e-11 and to what rounding of x does to it.
class EllipsoidShellDenoiser : public Denoiser {
  public:
    EllipsoidShellDenoiser(const Eigen::VectorXd& axes, int dim);

    [[nodiscard]] int dim() const override { return frame_.dim(); }
    [[nodiscard]] Capabilities capabilities() const override { return {true, true, true, false}; }
    [[nodiscard]] std::unique_ptr<Workspace> workspace() const override;
    void evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                  PosteriorTile& out) const override;
    [[nodiscard]] int cumulant_order() const override { return 4; }
    void cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order, Workspace& workspace,
                   Eigen::Ref<Tile> out) const override;
    [[nodiscard]] Work cost(const Needs& needs, int width) const override;
    /// Nodes that the last column of the last evaluation took.
    [[nodiscard]] static int nodes(const Workspace& workspace);

  private:
    struct Scratch;

    bool solve(const Tile& x, const Row& sigma, int c, Scratch& scratch) const;
    void spread(const Needs& needs, int c, Scratch& scratch, PosteriorTile& out) const;

    ShellFrame frame_;
    Eigen::VectorXd scale_;  ///< the axes in the units of x
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
