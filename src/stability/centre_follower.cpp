#include "sigmaflow/stability/centre_follower.hpp"

#include <cmath>

#include "dominant_eigenpairs.hpp"

namespace sigmaflow {
namespace {

constexpr int kNewtonDirections = 8;
constexpr int kMostIterations = 200;

}  // namespace

CentreFollower::CentreFollower(const Distribution& law, CentreRule rule)
    : law_(&law),
      rule_(rule),
      mean_(law.mean()),
      workspace_(law.posterior().workspace()),
      posterior_(law.dim(), {}),
      x_(law.dim(), kTileWidth),
      dominant_(std::make_unique<DominantEigenpairs>(law.dim())) {}

CentreFollower::~CentreFollower() = default;

void CentreFollower::evaluate(const Eigen::VectorXd& x, double sigma) {
    x_ = x.replicate(1, kTileWidth);
    law_->posterior().evaluate(x_, Row::Constant(sigma), {}, *workspace_, posterior_);
    m_ = posterior_.mean.col(0);
}

/// Of C / sigma^2 = Dm.
EigenPairs CentreFollower::spectrum(const Eigen::VectorXd& x, double sigma) {
    x_ = x.replicate(1, kTileWidth);
    const BlockProduct derivative = [&](const Tile& v, Tile& out) {
        law_->posterior().mean_derivatives(x_, Row::Constant(sigma), {}, v, *workspace_, posterior_, out);
    };
    return dominant_->operator()(derivative, kNewtonDirections);
}

CentreState CentreFollower::start(double sigma) {
    CentreState from;
    from.x = mean_;
    return follow(from, sigma);
}

CentreState CentreFollower::follow(const CentreState& from, double sigma) {
    CentreState out;
    out.sigma = sigma;
    out.x = from.x;
    evaluate(out.x, sigma);
    EigenPairs top = spectrum(out.x, sigma);
    out.residual = (out.x - m_).norm();
    if (rule_ == CentreRule::mean) {
        out.converged = true;
    } else {
        const double scale = std::max(out.x.norm(), sigma * std::sqrt(top.values[0]));
        // What is below is rounding of m, which Newton's step would blow up next to a bifurcation.
        const double least = 1e-14 * scale;
        for (int i = 0; i < kMostIterations && out.residual > least; ++i) {
            const Eigen::VectorXd shift = m_ - out.x;
            const Eigen::ArrayXd along = (top.vectors.transpose() * shift).array();
            const Eigen::ArrayXd newton = (along.abs() > least).select(along / (1.0 - top.values.array()), 0.0);
            const Eigen::VectorXd excess = top.vectors * (newton - along).matrix();
            Eigen::VectorXd next;
            double residual = out.residual;
            for (const double part : {1.0, 0.5, 0.25, 0.125, 0.0}) {  // of Newton's step; 0 is mean shift
                next = out.x + shift + part * excess;
                evaluate(next, sigma);
                residual = (next - m_).norm();
                if (residual < out.residual) break;
            }
            if (!(residual < out.residual)) break;  // rounding, or past a fold
            out.x = next;
            out.residual = residual;
            top = spectrum(out.x, sigma);
        }
        out.converged = out.residual <= 1e-10 * scale;
    }
    out.top_variance = sigma * sigma * top.values[0];
    out.direction = top.vectors.col(0);
    return out;
}

}  // namespace sigmaflow
