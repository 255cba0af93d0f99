#include "sigmaflow/run/tile_queue.hpp"

#include <algorithm>
#include <utility>

namespace sigmaflow {

void TileQueue::push(std::shared_ptr<OpenBlock> block) {
    const std::lock_guard lock(guard_);
    ++open_;
    if (block->is_part) ++open_parts_;
    for (int tile = 0; tile < block->tiles; ++tile) tiles_.push_back({block, tile});
}

std::optional<TileJob> TileQueue::take() {
    const std::lock_guard lock(guard_);
    if (tiles_.empty()) return std::nullopt;
    TileJob job = std::move(tiles_.front());
    tiles_.pop_front();
    return job;
}

void TileQueue::finish(FinishedTask finished, bool is_part) {
    const std::lock_guard lock(guard_);
    finished_.push_back(std::move(finished));
    --open_;
    if (is_part) --open_parts_;
}

std::vector<FinishedTask> TileQueue::collect() {
    const std::lock_guard lock(guard_);
    return std::exchange(finished_, {});
}

void TileQueue::clear() {
    const std::lock_guard lock(guard_);
    open_parts_ -= static_cast<int>(
        std::count_if(tiles_.begin(), tiles_.end(), [](const TileJob& job) { return job.block->is_part; }));
    tiles_.clear();
}

std::size_t TileQueue::waiting_tiles() const {
    const std::lock_guard lock(guard_);
    return tiles_.size();
}

int TileQueue::open_blocks() const {
    const std::lock_guard lock(guard_);
    return open_;
}

int TileQueue::open_parts() const {
    const std::lock_guard lock(guard_);
    return open_parts_;
}

std::size_t TileQueue::finished_count() const {
    const std::lock_guard lock(guard_);
    return finished_.size();
}

void TileQueue::note_tile(double seconds) {
    const std::lock_guard lock(guard_);
    longest_tile_ = std::max(longest_tile_, seconds);
}

double TileQueue::longest_tile() const {
    const std::lock_guard lock(guard_);
    return longest_tile_;
}

}  // namespace sigmaflow
