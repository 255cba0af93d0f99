#include "sigmaflow/run/session.hpp"

#include <unistd.h>

#include <fmt/format.h>
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "preparation.hpp"
#include "reuse.hpp"
#include "sigmaflow/core/clock.hpp"
#include "sigmaflow/core/printable.hpp"
#include "sigmaflow/parallel/environment.hpp"
#include "sigmaflow/parallel/scoped_alarm.hpp"
#include "sigmaflow/parallel/watchdog.hpp"
#include "sigmaflow/run/engine.hpp"
#include "sigmaflow/run/first_look.hpp"
#include "sigmaflow/run/open_result.hpp"
#include "sigmaflow/run/progress.hpp"
#include "sigmaflow/run/stop_request.hpp"
#include "sigmaflow/store/lock.hpp"
#include "sigmaflow/store/reader.hpp"
#include "sigmaflow/store/verify.hpp"

namespace sigmaflow {
namespace {

void say(const std::string& message) { fmt::print(stderr, "sigmaflow: {}\n", printable(message)); }

/// What the steps of a start need.
struct StartUp {
    const MpiEnvironment& mpi;
    Watchdog& watchdog;

    /// Does `action` on this rank and agrees with all others on how it went. Only the first rank with a problem prints
    /// it. ExitCode::done if all is well.
    template <class Action>
    ExitCode agreed(const std::string& doing, Action action) const {
        int code = 0;
        std::string message;
        try {
            const ScopedAlarm alarm(launched_as(), doing, watchdog.patience());
            action();
        } catch (const InputError& error) {
            code = static_cast<int>(ExitCode::usage);
            message = error.what();
        } catch (const std::exception& error) {
            code = static_cast<int>(ExitCode::failed);
            message = error.what();
        }
        int first = 0;
        watchdog.together("the end of " + doing, [&] {
            first = mpi.size() - greatest(mpi.comm(), code != 0 ? mpi.size() - mpi.rank() : 0);
            code = greatest(mpi.comm(), code);
        });
        if (!message.empty() && first == mpi.rank()) say(message);
        return static_cast<ExitCode>(code);
    }
};

/// As the scheduler's commands know it: a task of an array has a number of its own beside the array's.
std::string job_id() {
    const char* array = std::getenv("SLURM_ARRAY_JOB_ID");
    const char* task = std::getenv("SLURM_ARRAY_TASK_ID");
    if (array != nullptr && task != nullptr) return std::string(array) + "_" + task;
    for (const char* name : {"SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID"}) {
        const char* value = std::getenv(name);
        if (value != nullptr) return value;
    }
    return {};
}

void broadcast_statuses(const MpiEnvironment& mpi, std::vector<TaskStatus>& statuses, std::size_t count) {
    statuses.resize(count, TaskStatus::pending);
    MPI_Bcast(statuses.data(), static_cast<int>(count), MPI_UINT8_T, 0, mpi.comm());
}

void warn_about_binding(const MpiEnvironment& mpi, int threads) {
    const int cores = available_cores();
    if (mpi.rank() != 0 || threads <= cores) return;
    say(
        fmt::format("warning: {} threads share {} core{} (the rank is bound to them); with mpirun use "
                    "--map-by slot:PE={} or --bind-to none",
                    threads, cores, cores == 1 ? "" : "s", threads));
}

/// Everything after the file is open.
class RunSession {
  public:
    RunSession(const StartUp& start, const Prepared& prepared, const ScopedStopSignals& signals, double started)
        : options_(prepared.options),
          mpi_(start.mpi),
          watchdog_(start.watchdog),
          prepared_(prepared),
          signals_(signals),
          started_(started),
          threads_(choose_threads(options_.threads)),
          progress_(options_.quiet || mpi_.rank() != 0, isatty(STDERR_FILENO) == 1) {}

    ExitCode run(std::vector<TaskStatus> statuses, const ReuseSources& sources, StoreLock* lock) {
        auto open_tasks = choose_tasks(statuses);
        if (open_tasks.empty()) return finish(false);
        warn_about_binding(mpi_, threads_);
        if (mpi_.rank() == 0) forget_failures(statuses, open_tasks);
        std::unique_ptr<StoreWriter> writer;
        watchdog_.together("opening the result file", [&] {
            writer = std::make_unique<StoreWriter>(options_.output, prepared_.layout, mpi_.comm());
            writer->begin_session({mpi_.size(), threads_, joined(mpi_.hosts(), " "), job_id(), unix_seconds()});
        });
        if (!sources.empty()) {
            const auto taken = sources.take_over(statuses, *writer, mpi_, watchdog_);
            if (mpi_.rank() == 0 && !options_.quiet) {
                say(fmt::format("{} of {} tasks are taken over", taken, open_tasks.size()));
            }
            open_tasks = choose_tasks(statuses);
        }
        const bool stopped = !open_tasks.empty() && compute(open_tasks, *writer, lock);
        const ExitCode code = finish(stopped);
        watchdog_.together("closing the result file", [&] {
            writer->end_session(unix_seconds(), static_cast<int>(code));
            writer.reset();
        });
        return code;
    }

  private:
    /// Runs the tasks; whether it was stopped before their end.
    bool compute(const std::vector<std::size_t>& open_tasks, StoreWriter& writer, StoreLock* lock) {
        EngineOptions engine;
        engine.threads = threads_;
        engine.epoch_seconds = options_.epoch_seconds;
        engine.max_seconds = options_.max_seconds;
        engine.started = started_;
        engine.stop_requested = [&] { return signals_.stop_requested(); };
        engine.after_epoch = [&](std::int64_t finished, double cost, double elapsed) {
            if (lock != nullptr) lock->heartbeat();
            note_progress(finished, cost, elapsed);
        };
        return execute(prepared_.plan, prepared_.layout, open_tasks, writer, prepared_.faults, engine, mpi_.comm(),
                       watchdog_)
            .stopped;
    }

    /// Tasks that are not done (and failed ones if asked), in the plan's order; what counts as done already.
    std::vector<std::size_t> choose_tasks(const std::vector<TaskStatus>& statuses) {
        std::vector<std::size_t> open;
        state_ = {};
        const auto mine = prepared_.layout.tasks_of_part();
        state_.total = std::ranges::count(mine, true);
        for (const auto task : prepared_.plan.order) {
            if (!mine[task]) continue;
            const TaskStatus status = statuses[task];
            const double cost = predicted_seconds(prepared_.plan.tasks[task].work);
            if (status == TaskStatus::pending || (status == TaskStatus::failed && options_.retry_failed)) {
                open.push_back(task);
                state_.cost_left += cost;
            } else {
                ++state_.done_before;
            }
        }
        state_.done = state_.done_before;
        return open;
    }

    /// Flags go before the records of the tasks change: a kill in between must not leave a flag on half a record.
    void forget_failures(const std::vector<TaskStatus>& statuses, const std::vector<std::size_t>& open_tasks) const {
        std::vector<std::uint64_t> failed;
        for (const auto task : open_tasks) {
            if (statuses[task] == TaskStatus::failed) failed.push_back(task);
        }
        if (!failed.empty()) clear_flags(options_.output, failed);
    }

    void note_progress(std::int64_t finished, double cost, double elapsed) {
        state_.done += finished;
        state_.cost_done += cost;
        state_.cost_left -= cost;
        state_.elapsed = elapsed;
        if (finished > 0) progress_.show(state_);
    }

    /// The exit code from what the file says, the same on all ranks.
    ExitCode finish(bool stopped) {
        int code = 0;
        if (mpi_.rank() == 0) {
            std::size_t failed = 0;
            bool left = false;
            const StoreReader reader(options_.output);
            const auto statuses = reader.statuses();
            const auto mine = reader.layout().tasks_of_part();
            for (std::size_t task = 0; task < statuses.size(); ++task) {
                failed += statuses[task] == TaskStatus::failed ? 1 : 0;
                left = left || (mine[task] && statuses[task] == TaskStatus::pending);
            }
            if (failed > 0) code = static_cast<int>(ExitCode::task_failed);
            if (stopped && left) code = static_cast<int>(ExitCode::stopped);
            if (left && !stopped) {
                throw std::runtime_error("all tasks were computed, but some are without their flags in " +
                                         options_.output + ": they were lost on the way; --resume computes them again");
            }
            report(failed, stopped && left, reader);
        }
        watchdog_.together("counting what is left", [&] { code = greatest(mpi_.comm(), code); });
        return static_cast<ExitCode>(code);
    }

    void report(std::size_t failed, bool stopped, const StoreReader& reader) const {
        if (options_.quiet) return;
        if (options_.preview) fmt::print(stderr, "\n{}", first_look(reader, prepared_.plan));
        if (failed > 0) {
            say(fmt::format("{} task{} failed; 'sigmaflow status {}' names them, --resume --retry-failed tries again",
                            failed, failed == 1 ? "" : "s", options_.output));
        }
        if (stopped) say("stopped with tasks left; the same command with --resume goes on");
        if (failed == 0 && !stopped) say("results are in " + options_.output);
    }

    const RunOptions& options_;
    const MpiEnvironment& mpi_;
    Watchdog& watchdog_;
    const Prepared& prepared_;
    const ScopedStopSignals& signals_;
    double started_;
    int threads_;
    Progress progress_;
    ProgressState state_;
};

}  // namespace

ExitCode run_study(const RunOptions& options) {
    const double started = steady_seconds();
    const ScopedStopSignals signals;  // from the first moment, so that a request is never a death
    auto alarm = std::make_unique<ScopedAlarm>(launched_as(), "the start of MPI on all ranks", options.patience);
    const MpiEnvironment mpi;
    Watchdog watchdog(mpi.comm(), options.patience);
    alarm.reset();
    const StartUp start{mpi, watchdog};
    Prepared prepared;
    ExitCode code = start.agreed("reading and planning the study", [&] { prepare(options, mpi.rank(), prepared); });
    if (code != ExitCode::done) return code;
    code = start.agreed("comparing numerics", [&] { require_equal_numerics(mpi, prepared.layout); });
    if (code != ExitCode::done) return code;
    code = start.agreed("comparing what is needed with what is there", [&] { require_room(mpi, prepared); });
    if (code != ExitCode::done) return code;
    std::unique_ptr<ReuseSources> sources;
    code = start.agreed("opening the files of --reuse",
                        [&] { sources = std::make_unique<ReuseSources>(options.reuse, prepared); });
    if (code != ExitCode::done) return code;
    std::unique_ptr<StoreLock> lock;
    std::vector<TaskStatus> statuses;
    code = start.agreed("creating or checking the result file", [&] {
        if (mpi.rank() != 0) return;
        lock = std::make_unique<StoreLock>(prepared.options.output, job_id());
        statuses = open_result(prepared.options, prepared.layout);
    });
    if (code != ExitCode::done) return code;
    broadcast_statuses(mpi, statuses, prepared.layout.tasks.size());
    try {
        return RunSession(start, prepared, signals, started).run(std::move(statuses), *sources, lock.get());
    } catch (const std::exception& error) {
        abort_all(mpi.comm(), error.what());
    }
}

}  // namespace sigmaflow
