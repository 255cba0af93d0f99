#pragma once
/// \file
/// Reading a result file: serial, read only, without MPI, also while a job writes it. What a job changes is read past
/// HDF5 on every call, flags first, so that rows of a task read as done are whole.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sigmaflow/core/status.hpp"
#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// What is recorded about a task itself.
struct TaskState {
    TaskStatus status = TaskStatus::pending;
    std::string message;
    std::uint32_t session = 0;
    std::uint32_t rank = 0;
    double start_seconds = 0.0;
    double seconds = 0.0;
    double wait_seconds = 0.0;
    bool intact = true;  ///< the record fits its checksum; true for a pending task
};

/// One start of the program on a file.
struct Session {
    double start_unix = 0.0;
    double end_unix = 0.0;  ///< 0 while it runs or when it was killed
    std::int64_t ranks = 0;
    std::int64_t threads = 0;
    std::int64_t exit_code = -1;  ///< -1 while it runs or when it was killed
    std::string hosts;
    std::string job_id;
};

class StoreReader {
  public:
    /// Checks header and metadata first. InputError when the file is missing, no result file, of another format
    /// version or damaged.
    explicit StoreReader(const std::string& path);
    ~StoreReader();
    StoreReader(StoreReader&&) noexcept;

    [[nodiscard]] const std::string& path() const;
    [[nodiscard]] const Layout& layout() const;

    /// The flags alone: cheap.
    [[nodiscard]] std::vector<TaskStatus> statuses() const;
    [[nodiscard]] std::vector<TaskState> tasks() const;
    /// The sessions so far.
    [[nodiscard]] std::vector<Session> sessions() const;

    /// Bytes of one row; `variable` counts Group::task_variables() of the task's group.
    [[nodiscard]] std::vector<std::byte> read_row(std::uint64_t task, std::size_t variable) const;
    /// The recorded checksums of the rows of a task.
    [[nodiscard]] std::vector<std::uint64_t> checksums(std::uint64_t task) const;
    /// Whether a row fits its recorded checksum.
    [[nodiscard]] bool row_intact(std::uint64_t task, std::size_t variable) const;

    /// Offset in the file of the status byte of task 0; the others follow.
    [[nodiscard]] std::uint64_t status_offset() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sigmaflow
