#pragma once
/// \file
/// What a plan will cost, before anything runs.

#include <cstdint>

#include "sigmaflow/store/layout.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

struct Forecast {
    double core_seconds = 0.0;  ///< predicted work on one core
    std::uint64_t file_bytes = 0;
    std::uint64_t memory_bytes = 0;  ///< per rank, roughly, on top of what the plan and tables of points take
    double makespan = 0.0;           ///< seconds, simulated with the largest task first
    double efficiency = 1.0;         ///< core_seconds / (workers x makespan)
};

/// Simulates handing out the plan's tasks, largest first, to ranks x threads workers that share blocks by tiles; a part
/// of an analysis is work for one thread.
[[nodiscard]] Forecast forecast(const Plan& plan, const Layout& layout, int ranks, int threads);

}  // namespace sigmaflow
