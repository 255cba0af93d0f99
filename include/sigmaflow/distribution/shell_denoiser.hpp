#pragma once
/// \file
/// What the posteriors of all shells share: the frame of the ellipsoid and the way from tiles to linear forms.

#include "sigmaflow/distribution/denoiser.hpp"
#include "sigmaflow/numerics/precise_cumulants.hpp"

namespace sigmaflow {

/// A shell in units of its longest axis, and the particles in these units. Lengths are kept within 1e+-90 of it.
class ShellFrame {
  public:
    ShellFrame(const Eigen::VectorXd& axes, int dim);

    /// Copies particle c in units of the longest axis; false if a number is NaN.
    bool load(const Tile& x, const Row& sigma, int c, Eigen::VectorXd& particle, double& noise) const;
    /// The noise sigma^2 of a form in these units, and its pull a_i x_i into `pull`.
    double load(const LinearFormOnShell& form, Eigen::VectorXd& pull) const;
    /// Whether sigma is within 1e+-10 of the shell's size and x not further than that.
    [[nodiscard]] bool is_ordinary(const LinearFormOnShell& form) const;
    /// The pull a_i x_i on u.
    [[nodiscard]] auto pull(const Eigen::VectorXd& particle) const { return axes_.cwiseProduct(particle.head(span())); }
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

/// A posterior over the points of a shell.
class ShellDenoiser : public Denoiser {
  public:
    ShellDenoiser(const Eigen::VectorXd& axes, int dim) : frame_(axes, dim), scale_(axes) {}

    [[nodiscard]] int dim() const final { return frame_.dim(); }
    [[nodiscard]] Capabilities capabilities() const final { return {true, true, true, false}; }
    [[nodiscard]] int cumulant_order() const final { return 4; }
    /// kappa_K within 1e-12 kappa_2^{K/2} along every direction. A column that repeats the one before costs nothing;
    /// nearly normal directions take many digits, memory and up to seconds (PreciseCumulants).
    void cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order, Workspace& workspace,
                   Eigen::Ref<Tile> out) const final;

    /// What every shell needs of a workspace for the cumulants of a form, in k = span numbers each.
    struct FormWorkspace : Workspace {
        explicit FormWorkspace(const Eigen::VectorXd& axes)
            : form{axes, axes, 1.0, axes}, pull(axes.size()), coefficients(axes.size()) {}

        LinearFormOnShell form;
        Eigen::VectorXd pull;
        Eigen::VectorXd coefficients;
    };
    using FormCumulants = std::array<double, 4>;
    /// kappa_1 .. kappa_4 of the workspace's form, all of its numbers finite.
    [[nodiscard]] virtual FormCumulants form_cumulants(FormWorkspace& workspace) const = 0;

  protected:
    /// Errors of kappa_K / kappa_2^{K/2} beyond this are worth the time of more digits.
    static constexpr double kAllowedCumulantError = 1e-13;

    /// `found`, or what `again` finds in more digits as long as the error asks for them. Not where sigma or x are
    /// beyond 1e+-10 of the shell: numbers overflow there before digits matter.
    template <class Again>
    FormCumulants refined(const LinearFormOnShell& form, FisherBingham::Cumulants found, const Again& again) const {
        for (const Digits digits : {Digits::extended, Digits::quadruple}) {
            if (found.error <= kAllowedCumulantError || !frame_.is_ordinary(form)) break;
            const FisherBingham::Cumulants better = again(digits);
            if (better.error < found.error) found = better;
        }
        return found.kappa;
    }

    [[nodiscard]] const ShellFrame& frame() const { return frame_; }
    /// The axes in the units of x.
    [[nodiscard]] const Eigen::VectorXd& scale() const { return scale_; }

  private:
    /// False if a number is NaN.
    bool load_form(const Tile& x, const Row& sigma, const Tile& direction, int c, LinearFormOnShell& form) const;

    ShellFrame frame_;
    Eigen::VectorXd scale_;
};

}  // namespace sigmaflow
