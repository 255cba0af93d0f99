#pragma once
// The work of one thread of the engine.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sigmaflow/dynamics/trajectory.hpp"
#include "sigmaflow/run/fault.hpp"
#include "sigmaflow/run/tile_queue.hpp"
#include "sigmaflow/store/layout.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

/// Works on tiles of particles, with the runner of the last point kept at hand, and on parts of analyses. A failure is
/// that of the task, never of the thread.
class TileWorker {
  public:
    TileWorker(const Plan& plan, const Layout& layout, const FaultPlan& faults, TileQueue& queue, double started)
        : plan_(plan), layout_(layout), faults_(faults), queue_(queue), started_(started) {}

    /// Works on one tile; false if there is none.
    bool work();

  private:
    void run(OpenBlock& block, int tile);
    void run_part(OpenBlock& block, const PlannedAnalysis& planned, double begin);
    void run_tile(OpenBlock& block, int tile, double begin);
    [[nodiscard]] std::vector<std::vector<std::byte>> rows_of(const OpenBlock& block) const;
    static void fail(OpenBlock& block, const std::string& message);
    void finish(OpenBlock& block);

    const Plan& plan_;
    const Layout& layout_;
    const FaultPlan& faults_;
    TileQueue& queue_;
    double started_;
    std::unique_ptr<TrajectoryRunner> runner_;
    std::int64_t runner_point_ = -1;
};

}  // namespace sigmaflow
