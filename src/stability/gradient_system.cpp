#include "sigmaflow/stability/gradient_system.hpp"

#include <algorithm>
#include <cmath>

namespace sigmaflow {
namespace {

constexpr Needs kWithCovariance{.covariance = true};

}  // namespace

FrozenFlow::FrozenFlow(const Denoiser& denoiser)
    : denoiser_(denoiser),
      scratch_(denoiser.workspace()),
      posterior_(denoiser.dim(), kWithCovariance),
      position_(Tile::Zero(denoiser.dim(), kTileWidth)),
      sigma_(Row::Ones()) {}

double FrozenFlow::length(double tau) const { return std::exp(tau); }

void FrozenFlow::evaluate(const Eigen::MatrixXd& x, const Eigen::VectorXd& tau, FieldSamples& out) {
    const Eigen::Index n = x.cols();
    out.values.resize(dim(), n);
    out.jacobians.resize(static_cast<std::size_t>(n));
    for (Eigen::Index first = 0; first < n; first += kTileWidth) {
        for (Eigen::Index c = 0; c < kTileWidth; ++c) {
            const Eigen::Index from = std::min(first + c, n - 1);
            position_.col(c) = x.col(from);
            sigma_[c] = std::exp(tau[from]);
        }
        denoiser_.evaluate(position_, sigma_, kWithCovariance, *scratch_, posterior_);
        for (Eigen::Index c = 0; c < std::min<Eigen::Index>(kTileWidth, n - first); ++c) {
            out.values.col(first + c) = position_.col(c) - posterior_.mean.col(c);
            auto& jacobian = out.jacobians[static_cast<std::size_t>(first + c)];
            jacobian = posterior_.covariance[static_cast<std::size_t>(c)] / (-sigma_[c] * sigma_[c]);
            jacobian.diagonal().array() += 1.0;
        }
    }
}

FieldSample sample_field(GradientSystem& system, const Eigen::VectorXd& x, double tau) {
    FieldSamples samples;
    system.evaluate(x, Eigen::VectorXd::Constant(1, tau), samples);
    return {samples.values.col(0), samples.jacobians.front()};
}

}  // namespace sigmaflow
