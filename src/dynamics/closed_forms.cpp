#include "sigmaflow/dynamics/closed_forms.hpp"

#include <cmath>

#include "sigmaflow/dynamics/quantile_flow.hpp"

namespace sigmaflow {
namespace {

void advance_gaussian(const GaussianLaw& law, const Step& step) {
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

/// dx'/dx = p_from(x) / p_to(x').
void advance_on_line(const LineLaw& law, const Step& step) {
    const StateLayout& layout = step.state.layout;
    Tile& z = step.state.z;
    for (int c = 0; c < kTileWidth; ++c) {
        const double x = z(0, c);
        z(0, c) = keep_quantile(law, x, step.from, step.to);
        if (!layout.channels.log_jacobian || step.to == 0.0) continue;
        z(layout.log_jacobian(), c) += log_line_density(law, x, step.from) - log_line_density(law, z(0, c), step.to);
    }
}

}  // namespace

void ExactSolver::advance(const Step& step) const {
    const Distribution& law = step.flow.distribution();
    if (law.gaussian() != nullptr) return advance_gaussian(*law.gaussian(), step);
    advance_on_line(*law.line(), step);
}

void MarginalSolver::advance(const Step& step) const { step.state.x() = step.state.data + step.to * step.state.noise; }

}  // namespace sigmaflow
