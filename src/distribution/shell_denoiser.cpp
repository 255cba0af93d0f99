#include "sigmaflow/distribution/shell_denoiser.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace sigmaflow {
namespace {

constexpr double kFarthest = 1e90;  ///< squares and their quotients stay within 1e+-300
constexpr double kLowestLog = -1e300;

}  // namespace

ShellFrame::ShellFrame(const Eigen::VectorXd& axes, int dim)
    : dim_(dim),
      size_(axes.maxCoeff()),
      log_size_(std::log(size_)),
      log_gamma_(std::lgamma(0.5 * static_cast<double>(axes.size()))),
      axes_(axes / size_) {
    const double least = axes_.minCoeff();
    excess_ = (axes_.array() - least) * (axes_.array() + least);
}

bool ShellFrame::load(const Tile& x, const Row& sigma, int c, Eigen::VectorXd& particle, double& noise) const {
    for (int i = 0; i < dim_; ++i) particle[i] = std::clamp(x(i, c) / size_, -kFarthest, kFarthest);
    const double width = std::clamp(sigma[c] / size_, 1.0 / kFarthest, kFarthest);
    noise = width * width;
    return !std::isnan(noise) && !particle.array().isNaN().any();
}

double ShellFrame::load(const LinearFormOnShell& form, Eigen::VectorXd& pull) const {
    const double width = form.sigma / size_;
    pull = axes_.cwiseProduct(form.x / size_);
    return width * width;
}

bool ShellFrame::is_ordinary(const LinearFormOnShell& form) const {
    constexpr double most = 1e10;
    const double width = form.sigma / size_;
    return width > 1.0 / most && width < most && form.x.cwiseAbs().maxCoeff() < most * size_;
}

double ShellFrame::normal_square(const Eigen::VectorXd& particle) const {
    return particle.tail(dim_ - span()).squaredNorm();
}

/// The large part of the exponent is (omega - a_min^2) (1 - sum_i x_i^2/D_i) / 2 sigma^2: both factors vanish on the
/// shell. With w = omega - a_min^2, D_i = a_i^2 + w.
double ShellFrame::log_density(const Eigen::VectorXd& particle, double noise, const FisherBingham& sphere) const {
    const double least = axes_.minCoeff();
    double ratio = 0.0;
    double logs = 0.0;
    for (int i = 0; i < span(); ++i) {
        const double d = excess_[i] + sphere.saddle();
        ratio += particle[i] / d * particle[i];
        logs += std::log(std::numbers::pi * d);
    }
    const double outside = 0.5 * (dim_ - span()) * std::log(2.0 * std::numbers::pi * noise);
    return (sphere.saddle() - least * least) * (1.0 - ratio) / (2.0 * noise) + log_gamma_ + sphere.log_contour() -
           0.5 * logs - outside - normal_square(particle) / (2.0 * noise);
}

void ShellFrame::store_log_density(double value, int c, PosteriorTile& out) const {
    out.log_density[c] = std::max(value - dim_ * log_size_, kLowestLog);
}

void ShellFrame::spoil(const Needs& needs, int c, PosteriorTile& out) const {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    out.mean.col(c).setConstant(nan);
    if (needs.log_density) out.log_density[c] = nan;
    if (needs.trace || needs.covariance) out.trace[c] = nan;
    if (needs.covariance) out.covariance[static_cast<std::size_t>(c)].setConstant(nan);
}

bool ShellDenoiser::load_form(const Tile& x, const Row& sigma, const Tile& direction, int c,
                              LinearFormOnShell& form) const {
    const int k = frame_.span();
    const double farthest = kFarthest * frame_.size();
    form.x = x.col(c).head(k).cwiseMax(-farthest).cwiseMin(farthest);
    form.sigma = std::clamp(sigma[c], frame_.size() / kFarthest, farthest);
    form.direction = direction.col(c).head(k);
    return !x.col(c).array().isNaN().any() && !std::isnan(sigma[c]);
}

void ShellDenoiser::cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order, Workspace& workspace,
                              Eigen::Ref<Tile> out) const {
    auto& scratch = static_cast<FormWorkspace&>(workspace);
    for (int c = 0; c < kTileWidth; ++c) {
        if (c > 0 && sigma[c] == sigma[c - 1] && x.col(c) == x.col(c - 1) && direction.col(c) == direction.col(c - 1)) {
            out.col(c).head(order) = out.col(c - 1).head(order);
        } else if (!load_form(x, sigma, direction, c, scratch.form)) {
            out.col(c).head(order).setConstant(std::numeric_limits<double>::quiet_NaN());
        } else {
            const FormCumulants kappa = form_cumulants(scratch);
            for (int k = 0; k < order; ++k) out(k, c) = kappa[static_cast<std::size_t>(k)];
        }
    }
}

}  // namespace sigmaflow
