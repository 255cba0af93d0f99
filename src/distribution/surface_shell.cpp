#include "sigmaflow/distribution/surface_shell.hpp"

#include <utility>

#include <cmath>
#include <limits>

#include "sigmaflow/numerics/fisher_bingham_root.hpp"

#include "sigmaflow/distribution/isometric_image.hpp"
#include "sigmaflow/distribution/mixture_law.hpp"

namespace sigmaflow {
namespace {

/// The weighted sphere itself, without any exponent.
void solve_prior(FisherBinghamRoot& sphere, Eigen::Index k) {
    const Eigen::VectorXd zero = Eigen::VectorXd::Zero(k);
    sphere.solve(zero.data(), zero.data(), 1.0);
}

Eigen::VectorXd second_moments(const Eigen::VectorXd& weights) {
    FisherBinghamRoot sphere(weights);
    solve_prior(sphere, weights.size());
    return sphere.covariance().diagonal();
}

}  // namespace

struct SurfaceShellDenoiser::Scratch : FormWorkspace {
    Scratch(const Eigen::VectorXd& axes, const Eigen::VectorXd& weights, int dim)
        : FormWorkspace(axes), sphere(weights), particle(dim) {}

    FisherBinghamRoot sphere;
    Eigen::VectorXd particle;
};

SurfaceShellDenoiser::SurfaceShellDenoiser(const SurfaceLaw& law)
    : ShellDenoiser(law.axes, law.dim), weights_(law.weights) {
    FisherBinghamRoot sphere(weights_);
    solve_prior(sphere, weights_.size());
    log_average_ = sphere.log_average();
}

std::unique_ptr<Denoiser::Workspace> SurfaceShellDenoiser::workspace() const {
    return std::make_unique<Scratch>(scale(), weights_, dim());
}

void SurfaceShellDenoiser::evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                                    PosteriorTile& out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    const FisherBinghamRoot& sphere = scratch.sphere;
    const int k = frame().span();
    for (int c = 0; c < kTileWidth; ++c) {
        if (repeats_column(x, sigma, c)) {
            out.repeat(c, needs);
            continue;
        }
        double noise = 1.0;
        if (!frame().load(x, sigma, c, scratch.particle, noise)) {
            frame().spoil(needs, c, out);
            continue;
        }
        scratch.pull = frame().pull(scratch.particle);
        scratch.sphere.solve(frame().excess().data(), scratch.pull.data(), noise);
        for (int i = 0; i < dim(); ++i) out.mean(i, c) = i < k ? scale()[i] * sphere.mean()[i] : 0.0;
        if (needs.log_density) {
            const double base = frame().log_density(scratch.particle, noise, sphere.base());
            frame().store_log_density(base + sphere.log_average() - log_average_, c, out);
        }
        if (!needs.trace && !needs.covariance) continue;
        double trace = 0.0;
        for (int i = 0; i < k; ++i) trace += scale()[i] * scale()[i] * sphere.covariance()(i, i);
        out.trace[c] = trace;
        if (!needs.covariance) continue;
        Eigen::MatrixXd& covariance = out.covariance[static_cast<std::size_t>(c)];
        covariance.setZero();
        for (int j = 0; j < k; ++j) {
            for (int i = 0; i < k; ++i) covariance(i, j) = scale()[i] * scale()[j] * sphere.covariance()(i, j);
        }
    }
}

ShellDenoiser::FormCumulants SurfaceShellDenoiser::form_cumulants(FormWorkspace& workspace) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    const double* excess = frame().excess().data();
    const double noise = frame().load(scratch.form, scratch.pull);
    scratch.coefficients = scale().cwiseProduct(scratch.form.direction);
    const auto found = scratch.sphere.cumulants(excess, scratch.pull.data(), noise, scratch.coefficients.data());
    return refined(scratch.form, found, [&](Digits digits) {
        return scratch.sphere.precise_cumulants(digits, excess, scratch.pull.data(), noise, scratch.form,
                                                frame().size());
    });
}

/// About 30 tilted laws of 50 nodes each.
Work SurfaceShellDenoiser::cost(const Needs& needs, int width) const {
    const double k = frame().span();
    const double nodes = 30.0 * 50.0;
    Work work{nodes * (100 + 60 * k + 15 * k * k), nodes * (6 + 2 * k)};
    if (needs.trace || needs.covariance) work += {3 * k, 0};
    if (needs.covariance) work += {2 * k * k, 0};
    if (needs.log_density) work += {6 * k + 20, k + 2};
    return work.times(width);
}

SurfaceShell::SurfaceShell(SurfaceLaw law) : law_(std::move(law)), denoiser_(law_) {}

Moments SurfaceShell::moments() const {
    Moments out{Eigen::VectorXd::Zero(law_.dim), Eigen::MatrixXd::Zero(law_.dim, law_.dim)};
    const auto k = law_.axes.size();
    out.covariance.diagonal().head(k) = law_.axes.array().square() * second_moments(law_.weights).array();
    return out;
}

std::unique_ptr<Distribution> SurfaceShell::mapped(const AffineMap& map) const {
    const auto k = law_.axes.size();
    const Eigen::MatrixXd images = map.linear.leftCols(k) * law_.axes.asDiagonal();
    const Eigen::VectorXd lengths = images.colwise().norm();
    const Eigen::MatrixXd gram = images.transpose() * images;
    const double widest = lengths.maxCoeff();
    if (!(lengths.minCoeff() > kFlat * widest)) {
        throw NoClosedForm("this map flattens the shell, and its shadow is no shell");
    }
    Eigen::MatrixXd off = gram;
    off.diagonal().setZero();
    if (off.cwiseAbs().maxCoeff() > 1e-12 * widest * lengths.minCoeff()) {
        throw NoClosedForm(
            "the image of a surface measure has a closed form only if the map keeps the axes of the "
            "ellipsoid orthogonal");
    }
    auto straight = std::make_shared<SurfaceShell>(SurfaceLaw{lengths, law_.weights, static_cast<int>(k)});
    return std::make_unique<IsometricImage>(
        std::move(straight), Isometry{1.0, images * lengths.cwiseInverse().asDiagonal(), Eigen::VectorXd::Zero(k),
                                      map(Eigen::VectorXd::Zero(dim()))});
}

void SurfaceShell::draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const {
    const auto k = law_.axes.size();
    do {
        draw_direction(stream, x0.head(k));
    } while (stream.uniform() > std::sqrt((law_.weights.array() * x0.head(k).array().square()).sum()));
    x0.head(k).array() *= law_.axes.array();
    x0.tail(law_.dim - k).setZero();
}

std::unique_ptr<Distribution> make_surface_shell(const Eigen::VectorXd& axes, int dim, bool identity) {
    SurfaceLaw law{axes, (axes.minCoeff() / axes.array()).square(), dim};
    if (identity) law.axes = second_moments(law.weights).cwiseSqrt().cwiseInverse();
    return std::make_unique<SurfaceShell>(std::move(law));
}

}  // namespace sigmaflow
