#pragma once
/// \file
/// Every kind of analysis with its parameters: what `sigmaflow list analyses` prints.

#include <functional>
#include <memory>

#include "sigmaflow/core/registry.hpp"
#include "sigmaflow/dynamics/analysis.hpp"

namespace sigmaflow {

using AnalysisFactory = std::function<std::unique_ptr<Analysis>(const Parameters&)>;

[[nodiscard]] const Registry<AnalysisFactory>& analyses();

}  // namespace sigmaflow
