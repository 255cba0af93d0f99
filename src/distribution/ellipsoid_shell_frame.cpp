#include <algorithm>
#include <cmath>
#include <limits>

#include "sigmaflow/distribution/ellipsoid_shell.hpp"

namespace sigmaflow {
namespace {

constexpr double kFarthest = 1e90;  ///< squares and their quotients stay within 1e+-300
constexpr double kLowestLog = -1e300;

}  // namespace

ShellFrame::ShellFrame(const Eigen::VectorXd& axes, int dim)
    : dim_(dim), size_(axes.maxCoeff()), log_size_(std::log(size_)), axes_(axes / size_) {
    const double least = axes_.minCoeff();
    excess_ = (axes_.array() - least) * (axes_.array() + least);
}

bool ShellFrame::load(const Tile& x, const Row& sigma, int c, Eigen::VectorXd& particle, double& noise) const {
    bool valid = !std::isnan(sigma[c]);
    for (int i = 0; i < dim_; ++i) {
        const double value = x(i, c) / size_;
        valid = valid && !std::isnan(value);
        particle[i] = std::clamp(value, -kFarthest, kFarthest);
    }
    const double width = std::clamp(sigma[c] / size_, 1.0 / kFarthest, kFarthest);
    noise = width * width;
    return valid;
}

double ShellFrame::normal_square(const Eigen::VectorXd& particle) const {
    return particle.tail(dim_ - span()).squaredNorm();
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

}  // namespace sigmaflow
