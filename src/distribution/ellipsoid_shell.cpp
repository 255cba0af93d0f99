#include "sigmaflow/distribution/ellipsoid_shell.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "sigmaflow/distribution/isometric_image.hpp"
#include "sigmaflow/distribution/normalize.hpp"
#include "sigmaflow/distribution/round_shell.hpp"
#include "sigmaflow/distribution/shapes.hpp"
#include "sigmaflow/distribution/surface_shell.hpp"

namespace sigmaflow {

struct EllipsoidShellDenoiser::Scratch : FormWorkspace {
    Scratch(const Eigen::VectorXd& axes, int dim)
        : FormWorkspace(axes), sphere(static_cast<int>(axes.size())), particle(dim) {}

    FisherBingham sphere;
    Eigen::VectorXd particle;
};

std::unique_ptr<Denoiser::Workspace> EllipsoidShellDenoiser::workspace() const {
    return std::make_unique<Scratch>(scale(), dim());
}

int EllipsoidShellDenoiser::nodes(const Workspace& workspace) {
    return static_cast<const Scratch&>(workspace).sphere.nodes();
}

/// lambda_i = a_i^2 / 2 sigma^2 and gamma_i = a_i x_i / sigma^2; a shift of all lambda changes nothing but the
/// normaliser.
void EllipsoidShellDenoiser::evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                                      PosteriorTile& out) const {
    auto& scratch = static_cast<Scratch&>(workspace);
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
        for (int i = 0; i < k; ++i) out.mean(i, c) = scale()[i] * scratch.sphere.mean()[i];
        for (int i = k; i < dim(); ++i) out.mean(i, c) = 0.0;
        if (needs.log_density) {
            frame().store_log_density(frame().log_density(scratch.particle, noise, scratch.sphere), c, out);
        }
        if (needs.trace || needs.covariance) spread(needs, c, scratch, out);
    }
}

void EllipsoidShellDenoiser::spread(const Needs& needs, int c, Scratch& scratch, PosteriorTile& out) const {
    const int k = frame().span();
    const double* variance = scratch.sphere.variance();
    double trace = 0.0;
    for (int i = 0; i < k; ++i) trace += scale()[i] * scale()[i] * variance[i];
    out.trace[c] = trace;
    if (!needs.covariance) return;
    Eigen::MatrixXd& covariance = out.covariance[static_cast<std::size_t>(c)];
    if (k < dim()) covariance.setZero();
    scratch.sphere.covariance(scale().data(), covariance.topLeftCorner(k, k));
}

ShellDenoiser::FormCumulants EllipsoidShellDenoiser::form_cumulants(FormWorkspace& workspace) const {
    auto& scratch = static_cast<Scratch&>(workspace);
    const double noise = frame().load(scratch.form, scratch.pull);
    scratch.sphere.solve(frame().excess().data(), scratch.pull.data(), noise);
    scratch.coefficients = scale().cwiseProduct(scratch.form.direction);
    const auto found = scratch.sphere.cumulants(scratch.coefficients.data());
    return refined(scratch.form, found, [&](Digits digits) {
        const auto sums = precise_cumulants(digits, scratch.form, scratch.sphere, frame().size());
        sums->add_law(scratch.sphere, frame().size());
        return sums->cumulants();
    });
}

/// With the nodes that a particle takes on average, as measured: 50 for few axes (30 to 100, hardly ever more), 30 for
/// many. A node and coordinate costs 20 flops for the exponent, 14 for the mean, 20 for a variance. A node takes a
/// few exponentials and one complex logarithm for hundreds of axes (docs/benchmarks.md).
Work EllipsoidShellDenoiser::cost(const Needs& needs, int width) const {
    const double k = frame().span();
    const double nodes = 30.0 + 40.0 / k;
    Work work{k * (8 * 16.0 + nodes * (20 + 14)) + nodes * 60 + 4 * dim(), nodes * 8 + k};
    if (needs.trace || needs.covariance) work += {k * nodes * 20, 0};
    if (needs.covariance) work += {k * nodes * 40 + 2 * nodes * k * k, nodes};
    if (needs.log_density) work += {6 * k + 20, k + 2};
    return work.times(width);
}

EllipsoidShell::EllipsoidShell(Eigen::VectorXd axes, int dim) : axes_(std::move(axes)), dim_(dim) {
    const bool round = (axes_.array() == axes_[0]).all();
    if (round) {
        denoiser_ = std::make_unique<RoundShellDenoiser>(axes_[0], static_cast<int>(axes_.size()), dim);
    } else {
        denoiser_ = std::make_unique<EllipsoidShellDenoiser>(axes_, dim);
    }
}

Moments EllipsoidShell::moments() const {
    Moments out{Eigen::VectorXd::Zero(dim_), Eigen::MatrixXd::Zero(dim_, dim_)};
    const auto k = axes_.size();
    out.covariance.diagonal().head(k) = axes_.array().square() / static_cast<double>(k);
    return out;
}

void draw_direction(Stream& stream, Eigen::Ref<Eigen::VectorXd> u) {
    for (auto& number : u) number = stream.normal();
    u /= u.norm();
}

void EllipsoidShell::draw(Stream& stream, Eigen::Ref<Eigen::VectorXd> x0) const {
    const auto k = axes_.size();
    draw_direction(stream, x0.head(k));
    x0.head(k).array() *= axes_.array();
    x0.tail(dim_ - k).setZero();
}

namespace {

/// Axes that are equal but for rounding become equal: a round shell has forms of its own.
Eigen::VectorXd evened(const Eigen::VectorXd& axes) {
    const double widest = axes.maxCoeff();
    if (axes.minCoeff() < (1.0 - kFlat) * widest) return axes;
    return Eigen::VectorXd::Constant(axes.size(), axes.mean());
}

}  // namespace

std::unique_ptr<Distribution> EllipsoidShell::mapped(const AffineMap& map) const {
    const auto k = axes_.size();
    const Eigen::VectorXd centre = map(Eigen::VectorXd::Zero(dim_));
    const Eigen::MatrixXd images = map.linear.leftCols(k) * axes_.asDiagonal();
    if (centre.isZero(0.0) && images.isDiagonal(0.0) && images.diagonal().minCoeff() > 0.0 && images.rows() >= k) {
        return std::make_unique<EllipsoidShell>(evened(images.diagonal()), static_cast<int>(images.rows()));
    }
    const SingularValues parts = singular_values(images);
    if (images.rows() < k || !(parts.values[k - 1] > kFlat * parts.values[0])) {
        throw NoClosedForm("this map flattens the shell, and its shadow is no shell");
    }
    auto straight = std::make_shared<EllipsoidShell>(evened(parts.values), static_cast<int>(k));
    return std::make_unique<IsometricImage>(std::move(straight),
                                            Isometry{1.0, parts.left, Eigen::VectorXd::Zero(k), centre});
}

std::vector<Parameter> shell_parameters() {
    Parameter axes = numbers_parameter("axes", Type::reals, "semi-axes of the ellipsoid, in the first coordinates");
    axes.least = 0.0;
    axes.least_excluded = true;
    Parameter dim =
        dim_parameter(2, 4096, "dimension of space, at least the number of axes; of the sphere without axes");
    dim.fallback.reset();
    Parameter radius = length_parameter("radius", 1.0, "radius of a round shell, instead of axes; 1 by default", true);
    radius.fallback.reset();
    return {axes, dim, radius};
}

Kind ellipsoid_shell_kind() {
    Parameter measure{
        "measure", Type::text, Value("pushforward"),
        "pushforward (the image of the uniform sphere) or surface (uniform on the ellipsoid; up to 3 axes)"};
    measure.allowed = {"pushforward", "surface"};
    std::vector<Parameter> parameters = shell_parameters();
    parameters.push_back(measure);
    parameters.push_back(normalize_parameter());
    return {"ellipsoid_shell", "an ellipsoid's surface, in a subspace if space has more dimensions", parameters};
}

namespace {

Eigen::VectorXd shell_axes(const Parameters& parameters) {
    if (parameters.has("axes")) {
        if (parameters.has("radius")) {
            throw parameters.error("radius", "'axes' are given too", "give one of the two");
        }
        return vector_of(parameters.reals("axes"));
    }
    if (!parameters.has("dim")) {
        throw parameters.error("dim", "no parameter tells the dimension", "give axes, or dim and radius");
    }
    return Eigen::VectorXd::Constant(parameters.integer("dim"),
                                     parameters.has("radius") ? parameters.real("radius") : 1.0);
}

void check_axes(const Parameters& parameters, Eigen::Index count, Eigen::Index dim) {
    const std::string name = parameters.has("axes") ? "axes" : "dim";
    if (count == 0) throw parameters.error(name, "at least two numbers are needed");
    if (count == 1) {
        throw parameters.error(name, "a shell with a single axis is not a surface but two points",
                               "use the kind 'two_deltas'");
    }
    if (count > 4096) throw parameters.error(name, "at most 4096 axes are supported");
    if (dim < count) {
        throw parameters.error("dim", std::to_string(dim) + " is less than the " + std::to_string(count) + " axes");
    }
}

}  // namespace

ShellShape shell_shape(const Parameters& parameters) {
    Eigen::VectorXd axes = shell_axes(parameters);
    const auto dim = parameters.has("dim") ? static_cast<Eigen::Index>(parameters.integer("dim")) : axes.size();
    check_axes(parameters, axes.size(), dim);
    return {std::move(axes), static_cast<int>(dim)};
}

std::unique_ptr<Distribution> make_ellipsoid_shell(const Parameters& parameters) {
    auto [axes, dim] = shell_shape(parameters);
    const bool identity = normalize_of(parameters) == Normalize::identity;  // the mean is zero as it is
    const bool round = (axes.array() == axes[0]).all();
    if (parameters.text("measure") == "surface" && !round) {
        if (axes.size() > 3) {
            throw parameters.error("measure",
                                   "the surface measure is computed by quadrature, for at most 3 axes; these are " +
                                       std::to_string(axes.size()),
                                   "use 'pushforward'");
        }
        return make_surface_shell(axes, dim, identity);
    }
    if (identity) axes.setConstant(std::sqrt(static_cast<double>(axes.size())));
    return std::make_unique<EllipsoidShell>(std::move(axes), dim);
}

}  // namespace sigmaflow
