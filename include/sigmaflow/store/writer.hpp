#pragma once
/// \file
/// Writing results into a result file, collectively over MPI. Order of every write: rows, checksums and records; flush;
/// read back; barrier; status flags; flush. A kill at any moment leaves a file in which every flagged task is whole:
/// the flag of a task that was written before is cleared first.

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sigmaflow/core/status.hpp"
#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// A task that is over.
struct FinishedTask {
    std::uint64_t task = 0;  ///< index into Layout::tasks
    TaskStatus status = TaskStatus::done;
    std::string message;         ///< why it failed
    double start_seconds = 0.0;  ///< since the start of the session
    double seconds = 0.0;
    double wait_seconds = 0.0;
    /// One per task variable of the task's group, in Group::task_variables() order; empty when failed.
    std::vector<std::vector<std::byte>> rows;
};

struct SessionInfo {
    std::int64_t ranks = 1;
    std::int64_t threads = 1;
    std::string hosts;
    std::string job_id;
    double start_unix = 0.0;
};

/// All members are collective over the communicator. A failure of HDF5 or MPI inside a collective cannot be agreed on:
/// it ends the job with a message and MPI_Abort. Destroy the writer on all ranks before MPI_Finalize.
class StoreWriter {
  public:
    /// Opens a file of that layout with MPI-IO. InputError on all ranks when the file is missing or damaged.
    StoreWriter(const std::string& path, const Layout& layout, MPI_Comm comm);
    ~StoreWriter();
    StoreWriter(const StoreWriter&) = delete;
    StoreWriter& operator=(const StoreWriter&) = delete;

    /// Takes the next row of /sessions (arguments of rank 0) and returns its index; InputError when the table is full.
    std::uint32_t begin_session(const SessionInfo& session);

    /// Writes what this rank finished since its last call; ranks with nothing pass an empty span. Throws on all ranks,
    /// with nothing written, when a task of any rank does not fit the layout or the disk is full.
    void write(std::span<const FinishedTask> finished);

    void end_session(double end_unix, int exit_code);

    /// Collective writes that HDF5 did not do collectively; 0 is expected.
    [[nodiscard]] std::uint64_t independent_writes() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sigmaflow
