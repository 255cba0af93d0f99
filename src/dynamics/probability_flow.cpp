#include "sigmaflow/dynamics/probability_flow.hpp"

namespace sigmaflow {

FlowWorkspace::FlowWorkspace(const Denoiser& source, const Needs& needs)
    : denoiser(source.workspace()), posterior(source.dim(), needs) {
    const int dim = source.dim();
    for (Velocity* velocity : {&first, &second}) {
        velocity->x.setZero(dim, kTileWidth);
        velocity->log_jacobian.setZero();
    }
    trial.setZero(dim, kTileWidth);
}

ProbabilityFlow::ProbabilityFlow(const Distribution& distribution, bool with_log_jacobian)
    : distribution_(&distribution), with_log_jacobian_(with_log_jacobian) {}

Needs ProbabilityFlow::needs() const {
    Needs needs;
    needs.trace = with_log_jacobian_;
    return needs;
}

void ProbabilityFlow::velocity(const Tile& x, const Row& sigma, FlowWorkspace& workspace, Velocity& out) const {
    PosteriorTile& posterior = workspace.posterior;
    denoiser().evaluate(x, sigma, needs(), *workspace.denoiser, posterior);
    out.x = ((x - posterior.mean).array().rowwise() / sigma).matrix();
    if (with_log_jacobian_) out.log_jacobian = (dim() - posterior.trace / sigma.square()) / sigma;
}

}  // namespace sigmaflow
