#include "sigmaflow/run/session.hpp"

#include <unistd.h>

#include <fmt/format.h>
#include <cstdlib>
#include <memory>

#include "sigmaflow/core/clock.hpp"
#include "sigmaflow/parallel/environment.hpp"
#include "sigmaflow/run/engine.hpp"
#include "sigmaflow/run/first_look.hpp"
#include "sigmaflow/run/inputs.hpp"
#include "sigmaflow/run/open_result.hpp"
#include "sigmaflow/run/progress.hpp"
#include "sigmaflow/run/result_layout.hpp"
#include "sigmaflow/run/stop_request.hpp"
#include "sigmaflow/store/lock.hpp"
#include "sigmaflow/store/reader.hpp"
#include "sigmaflow/store/verify.hpp"

namespace sigmaflow {
namespace {

void say(const std::string& message) { fmt::print(stderr, "sigmaflow: {}\n", message); }

/// Does `action` on this rank and agrees with all others on how it went. Only the first rank with a problem prints it.
/// ExitCode::done if all is well.
template <class Action>
ExitCode agreed(const MpiEnvironment& mpi, Action action) {
    int code = 0;
    std::string message;
    try {
        action();
    } catch (const InputError& error) {
        code = static_cast<int>(ExitCode::usage);
        message = error.what();
    } catch (const std::exception& error) {
        code = static_cast<int>(ExitCode::failed);
        message = error.what();
    }
    const int first = mpi.size() - greatest(mpi.comm(), code != 0 ? mpi.size() - mpi.rank() : 0);
    if (code != 0 && first == mpi.rank()) say(message);
    return static_cast<ExitCode>(greatest(mpi.comm(), code));
}

struct Prepared {
    StudyInputs inputs;
    Plan plan;
    Layout layout;
    FaultPlan faults{""};
    RunOptions options;  ///< with the output's name settled
};

void prepare(const RunOptions& options, Prepared& out) {
    out.faults = FaultPlan::from_environment();
    auto overrides = options.overrides;
    if (options.preview) {
        for (auto& extra : preview_overrides(read_study(options.study, overrides))) overrides.push_back(extra);
    }
    out.inputs = read_inputs(options.study, overrides);
    out.plan = make_plan(out.inputs.study, out.inputs.catalog);
    out.layout = make_layout(out.inputs.study, out.plan);
    out.options = options;
    if (options.output.empty()) out.options.output = out.inputs.study.name + ".h5";
}

/// All ranks must compute the same bits: same build, same CPU features.
void require_equal_numerics(const MpiEnvironment& mpi, const Layout& layout) {
    std::string mine;
    for (const auto& [name, value] : layout.fingerprint) mine += name + " = " + value + "\n";
    const std::string theirs = broadcast_text(mpi.comm(), mine);
    if (mine != theirs) {
        throw InputError(fmt::format("rank {} computes with other numerics than rank 0", mpi.rank()),
                         "here:\n" + mine + "rank 0:\n" + theirs, "use nodes of one kind, or a portable build");
    }
}

std::string job_id() {
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
    RunSession(const MpiEnvironment& mpi, const Prepared& prepared, const ScopedStopSignals& signals, double started)
        : options_(prepared.options),
          mpi_(mpi),
          prepared_(prepared),
          signals_(signals),
          started_(started),
          threads_(choose_threads(options_.threads)),
          progress_(options_.quiet || mpi.rank() != 0, isatty(STDERR_FILENO) == 1) {}

    ExitCode run(std::vector<TaskStatus> statuses, StoreLock* lock) {
        const auto open_tasks = choose_tasks(statuses);
        if (open_tasks.empty()) return finish(false);
        warn_about_binding(mpi_, threads_);
        if (mpi_.rank() == 0) forget_failures(statuses, open_tasks);
        StoreWriter writer(options_.output, prepared_.layout, mpi_.comm());
        writer.begin_session({mpi_.size(), threads_, joined(mpi_.hosts(), " "), job_id(), unix_seconds()});
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
        const EngineOutcome outcome =
            execute(prepared_.plan, prepared_.layout, open_tasks, writer, prepared_.faults, engine, mpi_.comm());
        const ExitCode code = finish(outcome.stopped);
        writer.end_session(unix_seconds(), static_cast<int>(code));
        return code;
    }

  private:
    /// Tasks that are not done (and failed ones if asked), in the plan's order; what counts as done already.
    std::vector<std::size_t> choose_tasks(const std::vector<TaskStatus>& statuses) {
        std::vector<std::size_t> open;
        for (const auto task : prepared_.plan.order) {
            const TaskStatus status = statuses[task];
            const double cost = predicted_seconds(prepared_.plan.tasks[task].work);
            if (status == TaskStatus::pending || (status == TaskStatus::failed && options_.retry_failed)) {
                open.push_back(task);
                state_.cost_left += cost;
            } else {
                ++state_.done_before;
            }
        }
        state_.total = static_cast<std::int64_t>(statuses.size());
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
            for (const auto status : reader.statuses()) {
                failed += status == TaskStatus::failed ? 1 : 0;
                left = left || status == TaskStatus::pending;
            }
            if (failed > 0) code = static_cast<int>(ExitCode::task_failed);
            if (stopped && left) code = static_cast<int>(ExitCode::stopped);
            report(failed, stopped && left, reader);
        }
        return static_cast<ExitCode>(greatest(mpi_.comm(), code));
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
    const MpiEnvironment mpi;
    Prepared prepared;
    ExitCode code = agreed(mpi, [&] { prepare(options, prepared); });
    if (code != ExitCode::done) return code;
    code = agreed(mpi, [&] { require_equal_numerics(mpi, prepared.layout); });
    if (code != ExitCode::done) return code;
    std::unique_ptr<StoreLock> lock;
    std::vector<TaskStatus> statuses;
    code = agreed(mpi, [&] {
        if (mpi.rank() != 0) return;
        lock = std::make_unique<StoreLock>(prepared.options.output, job_id());
        statuses = open_result(prepared.options, prepared.layout);
    });
    if (code != ExitCode::done) return code;
    broadcast_statuses(mpi, statuses, prepared.layout.tasks.size());
    try {
        return RunSession(mpi, prepared, signals, started).run(std::move(statuses), lock.get());
    } catch (const std::exception& error) {
        abort_all(mpi.comm(), error.what());
    }
}

}  // namespace sigmaflow
