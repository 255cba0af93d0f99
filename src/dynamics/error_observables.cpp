#include "sigmaflow/dynamics/error_observables.hpp"

#include "sigmaflow/dynamics/error_budget.hpp"

namespace sigmaflow {
namespace {

constexpr BinScale bins{.lowest = 1e-12, .highest = 1e2};
constexpr BinScale positive_bins{.lowest = 1e-12, .highest = 1e2, .two_sided = false};
constexpr Needs needs{.trace = true, .covariance = true};

}  // namespace

Field GlobalError::field(int dim) const {
    if (kind_ == Kind::measured) {
        return {"global_error", "data", "error of x along the eigenvectors of J, its sign that of the prediction",
                "rank",         dim,    bins};
    }
    return {"predicted_error",
            "data",
            "local errors of all steps, carried here by the tangent flow, along the eigenvectors of J",
            "rank",
            dim,
            positive_bins};
}

Requirements GlobalError::requirements() const { return {.posterior = needs, .error_budget = true}; }

void GlobalError::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    if (kind_ == Kind::measured) return snapshot.budget->measured(out);
    snapshot.budget->predicted(out);
}

Field ErrorContribution::field(int dim) const {
    return {"error_budget",
            "data",
            "part of the predicted error at the last level that the steps since the level before cause",
            "rank",
            dim,
            bins};
}

Requirements ErrorContribution::requirements() const {
    return {.posterior = needs, .error_budget = true, .at_the_end = true};
}

void ErrorContribution::observe(const Snapshot& snapshot, Eigen::Ref<Tile> out) const {
    snapshot.budget->contribution(snapshot.level, out);
}

}  // namespace sigmaflow
