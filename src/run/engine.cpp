#include "sigmaflow/run/engine.hpp"

#include <omp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <thread>

#include "sigmaflow/core/clock.hpp"
#include "sigmaflow/parallel/environment.hpp"
#include "sigmaflow/parallel/epoch_agreement.hpp"
#include "sigmaflow/parallel/shared_counter.hpp"
#include "tile_worker.hpp"

namespace sigmaflow {
namespace {

/// What only the master thread does: fetching tasks, meeting the other ranks, writing.
class Conductor {
  public:
    Conductor(const Plan& plan, const std::vector<std::size_t>& open_tasks, TileQueue& queue, StoreWriter& writer,
              const FaultPlan& faults, const EngineOptions& options, MPI_Comm comm, Watchdog& watchdog)
        : plan_(plan),
          open_tasks_(open_tasks),
          queue_(queue),
          writer_(writer),
          faults_(faults),
          options_(options),
          comm_(comm),
          watchdog_(watchdog),
          has_parts_(std::any_of(open_tasks.begin(), open_tasks.end(),
                                 [&](std::size_t task) { return plan.analysis_of(plan.tasks[task]) != nullptr; })),
          counter_(comm, static_cast<std::int64_t>(open_tasks.size())),
          agreement_(comm, watchdog),
          last_epoch_(steady_seconds()) {
        MPI_Comm_rank(comm, &rank_);
    }

    /// One round between two tiles; false when the execution has ended on all ranks.
    bool conduct() {
        if (wants_stop()) take_no_more();
        fetch();
        if (!agreement_.is_under_way() && ready_to_meet()) {
            const bool busy = is_busy();
            const std::int64_t parts = queue_.open_parts();  // before finished_count(): no part may fall in between
            faults_.strike_rank("engine", rank_);
            agreement_.start({stopping_, busy, static_cast<std::int64_t>(queue_.finished_count()), parts});
        }
        const auto agreed = agreement_.test();
        return !agreed || meet(*agreed);
    }

    /// Whether there are parts of analyses to come: they take long, and nobody can conduct while he works on one.
    [[nodiscard]] bool has_parts() const { return has_parts_; }
    /// Whether the next task is on its way.
    [[nodiscard]] bool is_fetching() const { return !counter_.is_exhausted() && has_room(); }
    void note_idle(double seconds) { idle_ += seconds; }
    [[nodiscard]] const EngineOutcome& outcome() const { return outcome_; }

  private:
    /// Keeps the queue filled: one block ahead of the threads, asked for while they still work.
    void fetch() {
        if (const auto index = counter_.take()) {
            latest_ = static_cast<std::size_t>(*index);
            open_block(open_tasks_[latest_]);
        }
        if (has_room()) counter_.ask();
    }

    /// Of long parts none is fetched ahead: another rank may be free for it; of very short ones many, or threads would
    /// wait for the counter. Tasks come in the order of their cost, so the latest one tells.
    [[nodiscard]] bool has_room() const {
        constexpr double kLongSeconds = 0.1;
        constexpr double kShortSeconds = 1e-3;
        const auto threads = static_cast<std::size_t>(options_.threads);
        const double seconds = predicted_seconds(plan_.tasks[open_tasks_[latest_]].work);
        if (has_parts_ && seconds >= kLongSeconds) return queue_.open_blocks() < options_.threads;
        return queue_.waiting_tiles() < (has_parts_ && seconds < kShortSeconds ? 64 : 2) * threads;
    }

    void open_block(std::size_t task) {
        auto block = std::make_shared<OpenBlock>();
        block->task = task;
        block->planned = &plan_.tasks[task];
        block->is_part = plan_.analysis_of(*block->planned) != nullptr;
        block->tiles = block->is_part ? 1 : (block->planned->count + kTileWidth - 1) / kTileWidth;
        block->tiles_left = block->tiles;
        block->start_seconds = steady_seconds() - options_.started;
        block->wait_seconds = std::exchange(idle_, 0.0);
        queue_.push(std::move(block));
    }

    [[nodiscard]] bool is_busy() const { return !counter_.is_exhausted() || queue_.open_blocks() > 0; }

    /// A stop in good time: the agreement, one tile on every thread and a last write must fit.
    [[nodiscard]] bool wants_stop() const {
        if (stopping_ || options_.stop_requested()) return true;
        if (options_.max_seconds <= 0.0) return false;
        const double reserve = 0.2 + 2.0 * longest_write_ + 2.0 * queue_.longest_tile();
        return steady_seconds() - options_.started + reserve >= options_.max_seconds;
    }

    /// A rank that is to stop starts no tile while it waits for the others: they would have to wait for its end. The
    /// others run out of tasks and come to the meeting before their epoch is over.
    void take_no_more() {
        stopping_ = true;
        counter_.close_for_all();
        queue_.clear();
    }

    /// All ranks come to the first meeting of a stop at once, and to others when their parts are over.
    [[nodiscard]] bool ready_to_meet() const {
        if (steady_seconds() - last_epoch_ >= options_.epoch_seconds) return true;
        if (stopping_) return !outcome_.stopped || queue_.open_parts() == 0;
        return !is_busy();
    }

    /// What is finished is written first; then a stop waits for the parts under way, whose threads would have to be
    /// waited for in any case.
    bool meet(const EpochState& agreed) {
        if (agreed.stop) take_no_more();
        const double begin = steady_seconds();
        if (agreed.finished > 0 || (agreed.stop && !outcome_.stopped)) {
            write();
        } else {
            options_.after_epoch(0, 0.0, begin - options_.started);
        }
        last_epoch_ = steady_seconds();
        longest_write_ = std::max(longest_write_, last_epoch_ - begin);
        outcome_.stopped = agreed.stop;
        return agreed.stop ? agreed.kept > 0 : agreed.busy;
    }

    /// All that is finished by now: more than the ranks agreed on if some was finished since.
    void write() {
        const auto finished = queue_.collect();
        std::array<double, 2> totals{static_cast<double>(finished.size()), 0.0};
        for (const auto& task : finished) totals[1] += predicted_seconds(plan_.tasks[task.task].work);
        watchdog_.together("writing results", [&] {
            MPI_Allreduce(MPI_IN_PLACE, totals.data(), 2, MPI_DOUBLE, MPI_SUM, comm_);
            faults_.strike_rank("writer", rank_);
            writer_.write(finished);
        });
        outcome_.written += static_cast<std::int64_t>(totals[0]);
        options_.after_epoch(static_cast<std::int64_t>(totals[0]), totals[1], steady_seconds() - options_.started);
    }

    const Plan& plan_;
    const std::vector<std::size_t>& open_tasks_;
    TileQueue& queue_;
    StoreWriter& writer_;
    const FaultPlan& faults_;
    const EngineOptions& options_;
    MPI_Comm comm_;
    Watchdog& watchdog_;
    int rank_ = 0;
    bool has_parts_;
    std::size_t latest_ = 0;  ///< of the open tasks that was fetched
    SharedCounter counter_;
    EpochAgreement agreement_;
    EngineOutcome outcome_;
    double last_epoch_;
    double longest_write_ = 0.0;
    double idle_ = 0.0;
    bool stopping_ = false;
};

void nap() { std::this_thread::sleep_for(std::chrono::microseconds(200)); }

/// The master thread: conducts between tiles, works on tiles, sleeps when there are none.
void lead(Conductor& conductor, TileWorker& worker) {
    while (conductor.conduct()) {
        if (worker.work()) continue;
        const double begin = steady_seconds();
        nap();
        conductor.note_idle(steady_seconds() - begin);
    }
}

/// A master thread beside those that work: conducts, and sleeps while they have enough.
void lead_apart(Conductor& conductor, const TileQueue& queue) {
    while (conductor.conduct()) {
        const double begin = steady_seconds();
        if (conductor.is_fetching())
            std::this_thread::yield();
        else
            nap();
        if (queue.open_blocks() == 0) conductor.note_idle(steady_seconds() - begin);
    }
}

}  // namespace

EngineOutcome execute(const Plan& plan, const Layout& layout, const std::vector<std::size_t>& open_tasks,
                      StoreWriter& writer, const FaultPlan& faults, const EngineOptions& options, MPI_Comm comm,
                      Watchdog& watchdog) {
    TileQueue queue;
    std::unique_ptr<Conductor> made;
    watchdog.together("beginning to hand out tasks", [&] {
        made = std::make_unique<Conductor>(plan, open_tasks, queue, writer, faults, options, comm, watchdog);
    });
    Conductor& conductor = *made;
    std::atomic<bool> ended = false;
    const int threads = options.threads + (conductor.has_parts() ? 1 : 0);
#pragma omp parallel num_threads(threads)
    {
        // Failures of a tile are caught in the worker.
        TileWorker worker(plan, layout, faults, queue, options.started);
        if (omp_get_thread_num() == 0) {
            try {
                if (conductor.has_parts() && omp_get_num_threads() > 1)
                    lead_apart(conductor, queue);
                else
                    lead(conductor, worker);
            } catch (const std::exception& error) {
                // At once: the others wait in collectives, and threads of this rank may have long to work.
                abort_all(comm, error.what());
            }
            queue.clear();
            ended = true;
        } else {
            while (!ended) {
                if (!worker.work()) nap();
            }
        }
    }
    const EngineOutcome outcome = conductor.outcome();
    watchdog.together("the end of handing out tasks", [&] { made.reset(); });
    return outcome;
}

}  // namespace sigmaflow
