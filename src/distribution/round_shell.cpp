#include "sigmaflow/distribution/round_shell.hpp"

#include <cmath>
#include <numbers>

#include "sigmaflow/numerics/von_mises_fisher.hpp"

namespace sigmaflow {

struct RoundShellDenoiser::Scratch : FormWorkspace {
    Scratch(const Eigen::VectorXd& axes, int dim) : FormWorkspace(axes), particle(dim) {}

    Eigen::VectorXd particle;
    std::unique_ptr<Workspace> contour;  // for cumulants
};

RoundShellDenoiser::RoundShellDenoiser(double radius, int span, int dim)
    : ShellDenoiser(Eigen::VectorXd::Constant(span, radius), dim),
      contour_(Eigen::VectorXd::Constant(span, radius), dim) {}

std::unique_ptr<Denoiser::Workspace> RoundShellDenoiser::workspace() const {
    auto out = std::make_unique<Scratch>(scale(), dim());
    out->contour = contour_.workspace();
    return out;
}

/// In units of R.
void RoundShellDenoiser::evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                                  PosteriorTile& out) const {
    Eigen::VectorXd& particle = static_cast<Scratch&>(workspace).particle;
    const int k = frame().span();
    const double radius = frame().size();
    for (int c = 0; c < kTileWidth; ++c) {
        double noise = 1.0;
        if (!frame().load(x, sigma, c, particle, noise)) {
            frame().spoil(needs, c, out);
            continue;
        }
        const double r = particle.head(k).stableNorm();
        const double kappa = r / noise;
        const VonMisesFisher law = von_mises_fisher(k, kappa);
        if (needs.log_density) {
            const double gap = r - 1.0;
            frame().store_log_density(log_mean_exponential_excess(k, kappa) -
                                          0.5 * (gap * gap + frame().normal_square(particle)) / noise -
                                          0.5 * dim() * std::log(2.0 * std::numbers::pi * noise),
                                      c, out);
        }
        if (r > 0.0) particle.head(k) /= r;
        out.mean.col(c).head(k) = radius * law.ratio * particle.head(k);
        out.mean.col(c).tail(dim() - k).setZero();
        const double square = radius * radius;
        if (needs.trace || needs.covariance) out.trace[c] = square * (law.radial + (k - 1) * law.tangential);
        if (!needs.covariance) continue;
        Eigen::MatrixXd& covariance = out.covariance[static_cast<std::size_t>(c)];
        covariance.setZero();
        const double tangential = square * law.tangential;
        const double missing = tangential - square * law.radial;
        for (int j = 0; j < k; ++j) {
            for (int i = 0; i < k; ++i) covariance(i, j) = -missing * (particle[i] * particle[j]);
            covariance(j, j) += tangential;
        }
    }
}

ShellDenoiser::FormCumulants RoundShellDenoiser::form_cumulants(FormWorkspace& workspace) const {
    const auto& scratch = static_cast<Scratch&>(workspace);
    auto& contour = static_cast<FormWorkspace&>(*scratch.contour);
    contour.form = scratch.form;
    return contour_.form_cumulants(contour);
}

/// Debye's expansion or a continued fraction: a few hundred operations whatever d is.
Work RoundShellDenoiser::cost(const Needs& needs, int width) const {
    const double k = frame().span();
    Work work{5.0 * dim() + 1000, 2};
    if (needs.trace || needs.covariance) work += {3, 0};
    if (needs.covariance) work += {2 * k * k, 0};
    if (needs.log_density) work += {500, 5};
    return work.times(width);
}

}  // namespace sigmaflow
