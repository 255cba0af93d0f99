#include "sigmaflow/parallel/scoped_alarm.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "sigmaflow/core/status.hpp"

namespace sigmaflow {
namespace {

/// The first of the variables that is set, or empty.
std::string first_set(std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (const char* value = std::getenv(name)) return value;
    }
    return {};
}

}  // namespace

std::string launched_as() {
    char host[256] = {};
    ::gethostname(host, sizeof host - 1);
    const auto rank = first_set({"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"});
    const auto size = first_set({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS"});
    const auto named = rank.empty() ? "process " + std::to_string(::getpid()) : "rank " + rank;
    return named + (rank.empty() || size.empty() ? "" : " of " + size) + " on " + host;
}

ScopedAlarm::ScopedAlarm(std::string who, std::string doing, double seconds)
    : who_(std::move(who)), doing_(std::move(doing)) {
    if (seconds > 0.0) watcher_ = std::thread([this, seconds] { watch(seconds); });
}

ScopedAlarm::~ScopedAlarm() {
    if (!watcher_.joinable()) return;
    {
        const std::scoped_lock lock(guard_);
        is_over_ = true;
    }
    ended_.notify_one();
    watcher_.join();
}

void ScopedAlarm::watch(double seconds) {
    std::unique_lock lock(guard_);
    if (ended_.wait_for(lock, std::chrono::duration<double>(seconds), [this] { return is_over_; })) return;
    std::fprintf(stderr,
                 "sigmaflow: %s: %s has taken %g s (it hangs, or --patience is too short) the job ends here; what was "
                 "written is safe: resume it\n",
                 who_.c_str(), doing_.c_str(), seconds);
    std::fflush(stderr);
    // No MPI_Abort from a thread that must not touch MPI; mpirun ends the other ranks when one leaves like this.
    std::_Exit(static_cast<int>(ExitCode::failed));
}

}  // namespace sigmaflow
