#pragma once
/// \file
/// Executes the open tasks of a plan on all ranks and threads, and writes what is finished once an epoch.

#include <mpi.h>

#include <functional>
#include <vector>

#include "sigmaflow/parallel/watchdog.hpp"
#include "sigmaflow/run/fault.hpp"
#include "sigmaflow/run/tile_queue.hpp"
#include "sigmaflow/store/layout.hpp"
#include "sigmaflow/store/writer.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

struct EngineOptions {
    int threads = 1;
    double epoch_seconds = 5.0;
    double max_seconds = 0.0;  ///< from the start of the program, the last write included; 0: no limit
    double started = 0.0;      ///< steady_seconds() at the start of the program
    std::function<bool()> stop_requested;
    /// Called on every rank after a meeting with the totals of its write over all ranks: zero when there was none.
    std::function<void(std::int64_t finished, double finished_cost, double elapsed)> after_epoch;
};

/// How an execution ended; the same on every rank.
struct EngineOutcome {
    bool stopped = false;      ///< on request or time limit, maybe with nothing left
    std::int64_t written = 0;  ///< tasks written by this execution on all ranks
};

/// Collective. `open_tasks` are indices into plan.tasks in the order in which they are handed out.
[[nodiscard]] EngineOutcome execute(const Plan& plan, const Layout& layout, const std::vector<std::size_t>& open_tasks,
                                    StoreWriter& writer, const FaultPlan& faults, const EngineOptions& options,
                                    MPI_Comm comm, Watchdog& watchdog);

}  // namespace sigmaflow
