#pragma once
// The collective writes of one rank's share: rows, columns of /tasks and /sessions. Every member is collective: all
// ranks call it with the same dataset, maybe with nothing to write.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "byte_file.hpp"
#include "collective_file.hpp"
#include "columns.hpp"
#include "finished_items.hpp"

namespace sigmaflow {

/// Tasks of one rank in one collective write: bounds the buffers.
inline constexpr std::size_t kTasksPerRound = 64;

class TaskWriter {
  public:
    TaskWriter(const std::string& path, const Frame& frame, MPI_Comm comm);

    /// Tasks of a group in one write: kTasksPerRound, fewer when rows are large.
    [[nodiscard]] std::size_t tasks_per_round(const Group& group) const;
    /// All rows of the items in a group, in that many rounds.
    void write_rows(std::size_t group, std::span<const Item* const> items, std::uint64_t rounds);
    /// Everything that is recorded about the tasks but their status.
    void write_records(std::span<const Item> items, std::uint64_t rounds);
    void write_statuses(std::span<const Item> items, std::uint64_t rounds);
    /// Makes the tasks pending: before one of them is written again, so that a kill in between leaves no old flag.
    void clear_statuses(std::span<const Item> items, std::uint64_t rounds);
    /// Whether one of this rank's tasks has a flag in the file.
    [[nodiscard]] bool any_flagged(std::span<const Item> items) const;
    /// One entry of /sessions, from the rank whose value is not empty.
    void write_session(SessionColumn column, std::uint32_t index, std::span<const std::byte> value);
    void flush() { file_.flush(); }

    /// Reads this rank's rows and checksums as the file system has them; std::runtime_error when they are not what was
    /// written. A fault of the parallel file system or the MPI library must not get a flag that vouches for it.
    void read_back(std::span<const Item> items);
    /// The same for their flags.
    void read_back_statuses(std::span<const Item> items) const;
    /// The column `start` of /sessions, read by one rank only.
    [[nodiscard]] std::vector<double> session_starts(bool read);

    [[nodiscard]] const ByteFile& bytes() const { return bytes_; }
    [[nodiscard]] std::uint64_t independent_writes() const { return file_.independent_writes(); }

  private:
    void write_variable(const Group& group, std::size_t index, std::span<const Item* const> part);
    void write_column(TaskColumn which, std::span<const Item> items, std::uint64_t rounds);
    void check_on_disk(std::uint64_t offset, std::uint64_t size, std::uint64_t digest, std::uint64_t task) const;

    const Frame& frame_;
    std::vector<MutableColumn> task_columns_;
    std::vector<MutableColumn> session_columns_;
    CollectiveFile file_;
    ByteFile bytes_;  ///< the same file, past MPI-IO
    std::uint64_t status_offset_;
};

}  // namespace sigmaflow
