#pragma once
/// \file
/// One job per result file: the lock file beside it.

#include <cstdint>
#include <optional>
#include <string>

namespace sigmaflow {

/// What a lock file says about its writer.
struct LockHolder {
    std::string host;
    std::int64_t pid = 0;
    std::string job_id;
    double heartbeat_unix = 0.0;  ///< when it last said that it lives
    bool alive = false;           ///< the system still holds the lock for it
};

/// Holds `path`.lock from construction to destruction: a lock of the system (fcntl), which ends with the process, so
/// that the file of a dead job is taken over. Where the file system knows no locks, a heartbeat younger than
/// kStaleSeconds counts as life.
class StoreLock {
  public:
    static constexpr double kStaleSeconds = 300.0;

    /// InputError naming host, process, job and heartbeat when a living job holds the lock.
    StoreLock(const std::string& path, const std::string& job_id);
    ~StoreLock();
    StoreLock(const StoreLock&) = delete;
    StoreLock& operator=(const StoreLock&) = delete;

    /// Writes the present time; call it at every epoch. Never throws: a full disk must not stop a run.
    void heartbeat() noexcept;

  private:
    std::string path_;
    std::string job_id_;
    int descriptor_ = -1;
};

/// The job that holds or last held the lock of a result file; none when there is no lock file.
[[nodiscard]] std::optional<LockHolder> lock_holder(const std::string& path);

}  // namespace sigmaflow
