#include "tile_worker.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "sigmaflow/core/clock.hpp"
#include "sigmaflow/run/result_layout.hpp"

namespace sigmaflow {

bool TileWorker::work() {
    auto job = queue_.take();
    if (!job) return false;
    OpenBlock& block = *job->block;
    try {
        if (!block.failed) run(block, job->tile);
    } catch (const std::exception& error) {
        fail(block, error.what());
    } catch (...) {
        fail(block, "unknown exception");
    }
    if (block.tiles_left.fetch_sub(1) == 1) finish(block);
    return true;
}

void TileWorker::run(OpenBlock& block, int tile) {
    const double begin = steady_seconds();
    if (const PlannedAnalysis* analysis = plan_.analysis_of(*block.planned)) {
        run_part(block, *analysis, begin);
    } else {
        run_tile(block, tile, begin);
    }
    queue_.note_tile(steady_seconds() - begin);
}

void TileWorker::run_part(OpenBlock& block, const PlannedAnalysis& planned, double begin) {
    block.start_seconds = begin - started_;
    faults_.strike(block.task);
    block.record = std::make_unique<AnalysisRecord>(planned.fields);
    planned.analysis->run(planned.subject(), block.planned->block, *block.record);
}

void TileWorker::run_tile(OpenBlock& block, int tile, double begin) {
    const PlannedTask& task = *block.planned;
    const PointModel& model = plan_.models[task.point];
    std::call_once(block.buffer_made, [&] {
        block.start_seconds = begin - started_;
        block.buffer =
            std::make_unique<BlockBuffer>(model.fields(), static_cast<int>(model.levels.sigma.size()), task.count);
    });
    faults_.strike(block.task);
    if (runner_point_ != static_cast<std::int64_t>(task.point)) {
        runner_ = std::make_unique<TrajectoryRunner>(model);
        runner_point_ = static_cast<std::int64_t>(task.point);
    }
    const int first = tile * kTileWidth;
    const int count = std::min(kTileWidth, task.count - first);
    runner_->run({task.first + first, count}, first, *block.buffer);
}

std::vector<std::vector<std::byte>> TileWorker::rows_of(const OpenBlock& block) const {
    if (const PlannedAnalysis* analysis = plan_.analysis_of(*block.planned)) {
        return part_rows(*analysis, *block.record);
    }
    return task_rows(layout_.tasks[block.task], *block.buffer, plan_.models[block.planned->point]);
}

void TileWorker::fail(OpenBlock& block, const std::string& message) {
    const std::lock_guard lock(block.message_guard);
    if (!block.failed.exchange(true)) block.message = message;
}

void TileWorker::finish(OpenBlock& block) {
    FinishedTask out;
    out.task = block.task;
    out.start_seconds = block.start_seconds;
    out.wait_seconds = block.wait_seconds;
    if (!block.failed) {
        try {
            out.rows = rows_of(block);
        } catch (const std::exception& error) {
            fail(block, error.what());
        }
    }
    block.buffer.reset();
    block.record.reset();
    out.status = block.failed ? TaskStatus::failed : TaskStatus::done;
    out.message = block.message;
    out.seconds = steady_seconds() - started_ - block.start_seconds;
    queue_.finish(std::move(out), block.is_part);
}

}  // namespace sigmaflow
