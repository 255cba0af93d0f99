#include "sigmaflow/stability/registry.hpp"

#include "sigmaflow/stability/information.hpp"

namespace sigmaflow {

const Registry<AnalysisFactory>& analyses() {
    static const auto registry = [] {
        Registry<AnalysisFactory> kinds("analysis");
        kinds.add(information_kind(), [](const Parameters& p) { return std::make_unique<InformationAnalysis>(p); });
        return kinds;
    }();
    return registry;
}

}  // namespace sigmaflow
