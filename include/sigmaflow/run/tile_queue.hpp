#pragma once
/// \file
/// The tiles that the threads of one rank work on. Blocks are pushed by the master thread; any thread takes tiles, of
/// several blocks at a time when need be, so that many threads do not starve on one small block.

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sigmaflow/dynamics/analysis.hpp"
#include "sigmaflow/dynamics/block_buffer.hpp"
#include "sigmaflow/store/writer.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow {

/// A task under way. Tiles write disjoint particles of the buffer; the last one to finish reduces it. A part of an
/// analysis is one tile for one thread.
struct OpenBlock {
    std::uint64_t task = 0;
    const PlannedTask* planned = nullptr;
    std::unique_ptr<BlockBuffer> buffer;  ///< made by the first tile that starts
    std::once_flag buffer_made;
    std::unique_ptr<AnalysisRecord> record;  ///< of a part of an analysis
    bool is_part = false;
    int tiles = 0;
    std::atomic<int> tiles_left = 0;
    std::atomic<bool> failed = false;
    std::mutex message_guard;
    std::string message;  ///< of the first failure
    double start_seconds = 0.0;
    double wait_seconds = 0.0;
};

struct TileJob {
    std::shared_ptr<OpenBlock> block;
    int tile = 0;
};

/// All members may be called from any thread.
class TileQueue {
  public:
    void push(std::shared_ptr<OpenBlock> block);
    [[nodiscard]] std::optional<TileJob> take();
    /// A block is complete: it leaves the count of open ones and waits to be written.
    void finish(FinishedTask finished, bool is_part = false);
    /// The finished tasks so far, which leave the queue.
    [[nodiscard]] std::vector<FinishedTask> collect();
    /// Drops every tile that no thread has taken.
    void clear();

    [[nodiscard]] std::size_t waiting_tiles() const;
    [[nodiscard]] int open_blocks() const;
    /// Parts of analyses that wait or are under way.
    [[nodiscard]] int open_parts() const;
    [[nodiscard]] std::size_t finished_count() const;

    /// A tile took so long.
    void note_tile(double seconds);
    [[nodiscard]] double longest_tile() const;

  private:
    mutable std::mutex guard_;
    std::deque<TileJob> tiles_;
    std::vector<FinishedTask> finished_;
    int open_ = 0;
    int open_parts_ = 0;
    double longest_tile_ = 0.0;
};

}  // namespace sigmaflow
