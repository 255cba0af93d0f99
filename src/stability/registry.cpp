#include "sigmaflow/stability/registry.hpp"

#include "sigmaflow/stability/class_tree_analysis.hpp"
#include "sigmaflow/stability/collapse_analysis.hpp"
#include "sigmaflow/stability/commitment_analysis.hpp"
#include "sigmaflow/stability/information.hpp"
#include "sigmaflow/stability/least_noise_analysis.hpp"
#include "sigmaflow/stability/memorisation_analysis.hpp"
#include "sigmaflow/stability/mixture_reduction.hpp"
#include "sigmaflow/stability/relaxation_analysis.hpp"
#include "sigmaflow/stability/separatrices.hpp"
#include "sigmaflow/stability/speciation_analysis.hpp"
#include "sigmaflow/stability/stationary_analysis.hpp"
#include "sigmaflow/stability/tree_analysis.hpp"

namespace sigmaflow {
namespace {

template <class Made>
std::unique_ptr<Analysis> made(const Parameters& parameters) {
    return std::make_unique<Made>(parameters);
}

}  // namespace

const Registry<AnalysisFactory>& analyses() {
    static const auto registry = [] {
        Registry<AnalysisFactory> kinds("analysis");
        kinds.add(information_kind(), made<InformationAnalysis>);
        kinds.add(modes_kind(), made<ModesAnalysis>);
        kinds.add(branches_kind(), made<BranchesAnalysis>);
        kinds.add(tree_kind(), made<TreeAnalysis>);
        kinds.add(class_tree_kind(), made<ClassTreeAnalysis>);
        kinds.add(separatrices_kind(), made<SeparatricesAnalysis>);
        kinds.add(relaxation_kind(), made<RelaxationAnalysis>);
        kinds.add(approximation_kind(), made<ApproximationAnalysis>);
        kinds.add(speciation_kind(), made<SpeciationAnalysis>);
        kinds.add(commitment_kind(), made<CommitmentAnalysis>);
        kinds.add(collapse_kind(), made<CollapseAnalysis>);
        kinds.add(memorisation_kind(), made<MemorisationAnalysis>);
        kinds.add(least_noise_kind(), made<LeastNoiseAnalysis>);
        return kinds;
    }();
    return registry;
}

}  // namespace sigmaflow
