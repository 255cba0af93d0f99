#pragma once
/// \file
/// Whether a study fits into the machine, before it starts.

#include <cstdint>
#include <string>
#include <vector>

#include "sigmaflow/run/forecast.hpp"

namespace sigmaflow {

/// What a node has and what a study would take of it.
struct NodeShare {
    int ranks = 1;  ///< of the job on this node
    std::uint64_t memory = 0;
    std::uint64_t disk = 0;
};

/// Sentences about what does not fit, with the numbers: memory of all ranks of a node, bytes of the result file. Empty
/// when all fits.
[[nodiscard]] std::vector<std::string> exceeded_limits(const Forecast& cost, const NodeShare& node);

}  // namespace sigmaflow
