// Derivatives of the denoiser along the probability flow, in closed form (docs/theory.md, section 4).
#include "sigmaflow/dynamics/probability_flow.hpp"

namespace sigmaflow {

/// With theta = sigma^-2, e = x - m, dx/dtheta = -sigma^2 e/2 and the contracted moments:
///   m' = dm/dtheta = E[nu G],  m'' = E[nu G^2] + C w,  w = (m' - sigma^2 e/2)/2,
///   T' = d tr C/dtheta = E[|nu|^2 G],  T'' = E[(|nu|^2 - T) G^2] - 2 |m'|^2 + w.E[nu |nu|^2],  E[nu |nu|^2] = C e - 2
///   m',
/// and d/dlambda = 2 theta d/dtheta for m and for N = theta T - d, the rate of ln |det|.
void ProbabilityFlow::target_derivatives(const Tile& z, double sigma, int order, Tile& n, Tile& first, Tile& second) {
    if (!taylor_) taylor_.emplace(layout_.dim);
    const int dim = layout_.dim;
    const double theta = 1.0 / (sigma * sigma);
    const Row everywhere = Row::Constant(sigma);
    PosteriorTile& posterior = taylor_->posterior;
    ContractedMoments& moments = taylor_->moments;
    x_ = z.topRows(dim);
    evaluations_ += 2.0;
    const bool second_wanted = order > 1;
    denoiser().evaluate(x_, everywhere, {.trace = true, .covariance = second_wanted}, *workspace_, posterior);
    denoiser().contracted_moments(x_, everywhere, *workspace_, moments);
    n.topRows(dim) = posterior.mean;
    first.topRows(dim) = 2.0 * theta * moments.nu_g;
    const Row& t = posterior.trace;
    const Row& t1 = moments.square_g;
    if (layout_.channels.log_jacobian) {
        n.row(layout_.log_jacobian()) = theta * t - dim;
        first.row(layout_.log_jacobian()) = 2.0 * theta * (t + theta * t1);
    }
    if (!second_wanted) return;
    Row t2 = moments.square_gg;
    for (int c = 0; c < kTileWidth; ++c) {
        const Eigen::MatrixXd& covariance = posterior.covariance[static_cast<std::size_t>(c)];
        taylor_->e = x_.col(c) - posterior.mean.col(c);
        const auto m1 = moments.nu_g.col(c);
        taylor_->w = 0.5 * m1 - (0.25 / theta) * taylor_->e;
        taylor_->c_e.noalias() = covariance * taylor_->e;
        taylor_->c_w.noalias() = covariance * taylor_->w;
        t2[c] += -2.0 * m1.squaredNorm() + taylor_->w.dot(taylor_->c_e - 2.0 * m1);
        // m_lambda lambda = 4 theta (m' + theta m'')
        second.col(c).head(dim) = 4.0 * theta * (m1 + theta * (moments.nu_gg.col(c) + taylor_->c_w));
    }
    if (layout_.channels.log_jacobian) {
        second.row(layout_.log_jacobian()) = 4.0 * theta * (t + 3.0 * theta * t1 + theta * theta * t2);
    }
}

}  // namespace sigmaflow
