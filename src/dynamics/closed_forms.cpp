#include "sigmaflow/dynamics/closed_forms.hpp"

#include <cmath>

namespace sigmaflow {

void ExactGaussianSolver::advance(const Step& step) const {
    const GaussianLaw& law = *step.flow.distribution().gaussian();
    const StateLayout& layout = step.state.layout;
    Tile& z = step.state.z;
    Tile& scratch = step.history.stage(0);
    auto along = scratch.topRows(layout.dim);  // coordinates in the eigenbasis
    along.noalias() = law.vectors.transpose() * (z.topRows(layout.dim).colwise() - law.mean);
    for (Eigen::Index k = 0; k < law.values.size(); ++k) {
        const double ratio = (step.to * step.to + law.values[k]) / (step.from * step.from + law.values[k]);
        along.row(k) *= std::sqrt(ratio);
        if (layout.channels.log_jacobian) z.row(layout.log_jacobian()).array() += 0.5 * std::log(ratio);
    }
    z.topRows(layout.dim).noalias() = law.vectors * along;
    z.topRows(layout.dim).colwise() += law.mean;
}

void MarginalSolver::advance(const Step& step) const { step.state.x() = step.state.data + step.to * step.state.noise; }

}  // namespace sigmaflow
