#pragma once
// The share of analyses in the first look at a result.

#include <string>

#include "sigmaflow/store/reader.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

/// For each of the first `most` analyses a table of its single numbers without their errors, the first eight of them,
/// with a line for each of at most six parts. Empty without analyses.
[[nodiscard]] std::string look_at_analyses(const StoreReader& reader, const Plan& plan, std::size_t most);

}  // namespace sigmaflow
