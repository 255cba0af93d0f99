#pragma once
// Comparing the numerics of two results.

#include <string>
#include <utility>
#include <vector>

namespace sigmaflow {

/// The first entry in which two fingerprints differ, as a sentence; empty if none does.
[[nodiscard]] std::string first_change(const std::vector<std::pair<std::string, std::string>>& before,
                                       const std::vector<std::pair<std::string, std::string>>& now);

}  // namespace sigmaflow
