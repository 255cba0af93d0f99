#include "sigmaflow/dynamics/solvers.hpp"

#include <cmath>

namespace sigmaflow {

void EulerSolver::advance(const ProbabilityFlow& flow, double to, FlowWorkspace& workspace, State& state) const {
    Velocity& v = workspace.first;
    flow.velocity(state.x, state.sigma, workspace, v);
    const Tile& m = workspace.posterior.mean;
    if (flow.with_log_jacobian()) state.log_jacobian += (to - state.sigma) * v.log_jacobian;
    state.x = m + ((state.x - m).array().rowwise() * (to / state.sigma)).matrix();
    state.sigma.setConstant(to);
}

void HeunSolver::advance(const ProbabilityFlow& flow, double to, FlowWorkspace& workspace, State& state) const {
    if (to == 0.0) return EulerSolver().advance(flow, to, workspace, state);
    const Row step = to - state.sigma;
    const Row end = Row::Constant(to);
    Velocity& v = workspace.first;
    Velocity& w = workspace.second;
    flow.velocity(state.x, state.sigma, workspace, v);
    workspace.trial = state.x + (v.x.array().rowwise() * step).matrix();
    flow.velocity(workspace.trial, end, workspace, w);
    const Row half = 0.5 * step;
    state.x += ((v.x + w.x).array().rowwise() * half).matrix();
    if (flow.with_log_jacobian()) state.log_jacobian += half * (v.log_jacobian + w.log_jacobian);
    state.sigma = end;
}

void ExactGaussianSolver::advance(const ProbabilityFlow& flow, double to, FlowWorkspace& workspace,
                                  State& state) const {
    const GaussianLaw& law = *flow.distribution().gaussian();
    Tile& along = workspace.trial;  // coordinates in the eigenbasis
    along.noalias() = law.vectors.transpose() * (state.x.colwise() - law.mean);
    for (Eigen::Index k = 0; k < law.values.size(); ++k) {
        const Row ratio = (to * to + law.values[k]) / (state.sigma.square() + law.values[k]);
        along.row(k).array() *= ratio.sqrt();
        state.log_jacobian += 0.5 * ratio.log();
    }
    state.x.noalias() = law.vectors * along;
    state.x.colwise() += law.mean;
    state.sigma.setConstant(to);
}

void MarginalSolver::advance(const ProbabilityFlow&, double to, FlowWorkspace&, State& state) const {
    state.x = state.data + to * state.noise;
    state.sigma.setConstant(to);
}

}  // namespace sigmaflow
