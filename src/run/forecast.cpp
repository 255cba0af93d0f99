#include "sigmaflow/run/forecast.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <vector>

namespace sigmaflow {
namespace {

/// A rank works on a block with as many threads as the block has tiles, at most.
double seconds_on_rank(const PlannedTask& task, int threads) {
    const int tiles = (task.count + kTileWidth - 1) / kTileWidth;
    return predicted_seconds(task.work) / std::min(threads, std::max(tiles, 1));
}

/// The largest block, or record of a part of an analysis.
std::uint64_t block_bytes(const Plan& plan) {
    std::uint64_t most = 0;
    for (const auto& group : plan.groups) {
        std::uint64_t components = 0;
        for (const auto& field : group.fields) components += static_cast<std::uint64_t>(field.components);
        most = std::max(most, components * static_cast<std::uint64_t>(group.levels) *
                                  static_cast<std::uint64_t>(plan.block) * sizeof(double));
    }
    for (const auto& group : plan.analysis_groups) {
        std::uint64_t bytes = 0;
        for (const auto& field : group.fields) bytes += field.size() * sizeof(double);
        most = std::max(most, bytes);
    }
    return most;
}

/// Blocks that `threads` work on at a time, tile after tile; of analyses every thread has one part.
std::uint64_t open_blocks(const Plan& plan, int threads) {
    if (threads == 1) return 1;
    if (!plan.analyses.empty()) return static_cast<std::uint64_t>(threads);
    const int tiles = (plan.block + kTileWidth - 1) / kTileWidth;
    return static_cast<std::uint64_t>((threads + tiles - 1) / tiles + 1);
}

/// What a thread keeps beside its block: much, where tangents are followed.
std::uint64_t thread_bytes(const Plan& plan) {
    double most = 0.0;
    for (const auto& model : plan.models) most = std::max(most, model.state_bytes());
    return static_cast<std::uint64_t>(most);
}

/// Rows of the tasks that one rank finishes between two writes.
std::uint64_t waiting_bytes(const Forecast& cost, std::size_t tasks, int ranks, int threads) {
    constexpr double kEpochSeconds = 5.0;  // the default of `run`
    if (tasks == 0 || cost.core_seconds <= 0.0) return 0;
    const double share = std::min(1.0 / ranks, kEpochSeconds * threads / cost.core_seconds);
    return static_cast<std::uint64_t>(share * static_cast<double>(cost.file_bytes));
}

}  // namespace

Forecast forecast(const Plan& plan, const Layout& layout, int ranks, int threads) {
    Forecast out;
    std::priority_queue<double, std::vector<double>, std::greater<>> free_at;
    for (int rank = 0; rank < ranks; ++rank) free_at.push(0.0);
    for (const auto index : plan.order) {
        const PlannedTask& task = plan.tasks[index];
        out.core_seconds += predicted_seconds(task.work);
        const double seconds = predicted_seconds(task.work);
        const bool is_part = plan.analysis_of(task) != nullptr;
        const double start = free_at.top();
        free_at.pop();
        free_at.push(start + (is_part ? seconds / threads : seconds_on_rank(task, threads)));
        // A part keeps one thread busy and leaves the others free.
        out.makespan = std::max(out.makespan, start + (is_part ? seconds : seconds_on_rank(task, threads)));
    }
    if (out.makespan > 0.0) out.efficiency = out.core_seconds / (out.makespan * ranks * threads);
    out.file_bytes = layout.data_bytes();
    // A rank holds the blocks its threads work on and what waits for the next epoch.
    out.memory_bytes = block_bytes(plan) * open_blocks(plan, threads);
    out.memory_bytes += thread_bytes(plan) * static_cast<std::uint64_t>(threads);
    out.memory_bytes += waiting_bytes(out, plan.tasks.size(), ranks, threads);
    return out;
}

}  // namespace sigmaflow
