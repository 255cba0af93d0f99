#include "sigmaflow/dynamics/closed_forms.hpp"

#include <cmath>

#include "sigmaflow/dynamics/quantile_flow.hpp"

namespace sigmaflow {
namespace {

/// (sigma'^2 + l_k) / (sigma^2 + l_k)
double ratio(const GaussianLaw& law, Eigen::Index k, const Step& step) {
    return (step.to * step.to + law.values[k]) / (step.from * step.from + law.values[k]);
}

void advance_gaussian(const GaussianLaw& law, const Step& step) {
    const StateLayout& layout = step.state.layout;
    Tile& z = step.state.z;
    Tile& scratch = step.history.stage(0);
    z.topRows(layout.dim).colwise() -= law.mean;
    for (int first = 0; first < layout.decaying(); first += layout.dim) {  // x, then every tangent
        auto vector = z.middleRows(first, layout.dim);
        auto along = scratch.topRows(layout.dim);  // coordinates in the eigenbasis
        along.noalias() = law.vectors.transpose() * vector;
        for (Eigen::Index k = 0; k < law.values.size(); ++k) along.row(k) *= std::sqrt(ratio(law, k, step));
        vector.noalias() = law.vectors * along;
    }
    z.topRows(layout.dim).colwise() += law.mean;
    if (!layout.channels.log_jacobian) return;
    for (Eigen::Index k = 0; k < law.values.size(); ++k) {
        z.row(layout.log_jacobian()).array() += 0.5 * std::log(ratio(law, k, step));
    }
}

/// dx'/dx = p_from(x) / p_to(x').
void advance_on_line(const LineLaw& law, const Step& step) {
    const StateLayout& layout = step.state.layout;
    Tile& z = step.state.z;
    for (int c = 0; c < kTileWidth; ++c) {
        const double x = z(0, c);
        z(0, c) = keep_quantile(law, x, step.from, step.to);
        if (layout.rows() == 1 || step.to == 0.0) continue;
        const double log_slope = log_line_density(law, x, step.from) - log_line_density(law, z(0, c), step.to);
        if (layout.channels.tangents > 0) z(layout.tangents(), c) *= std::exp(log_slope);
        if (layout.channels.log_jacobian) z(layout.log_jacobian(), c) += log_slope;
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
