#pragma once
/// \file
/// An end for work that hangs: in a call of the system, of MPI or of HDF5 that does not return.

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace sigmaflow {

/// Ends the process with ExitCode::failed and a message on standard error when it lives longer than `seconds` (0: for
/// ever). A thread of its own watches, because this one may be stuck; the launcher then ends the other ranks.
class ScopedAlarm {
  public:
    /// The message: "`who`: `doing` has taken `seconds` s".
    ScopedAlarm(std::string who, std::string doing, double seconds);
    ~ScopedAlarm();
    ScopedAlarm(const ScopedAlarm&) = delete;
    ScopedAlarm& operator=(const ScopedAlarm&) = delete;

  private:
    void watch(double seconds);

    std::string who_;
    std::string doing_;
    std::mutex guard_;
    std::condition_variable ended_;
    bool is_over_ = false;
    std::thread watcher_;
};

/// "rank 3 of 8 on node17", as far as the environment of mpirun, srun or mpiexec tells before MPI has started.
[[nodiscard]] std::string launched_as();

}  // namespace sigmaflow
