#pragma once
// The tables that every result file has: /tasks and /sessions, with the columns that change while a job runs.

#include <cstdint>
#include <string>
#include <vector>

#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

inline constexpr std::uint64_t kMessageBytes = 160;
inline constexpr std::uint64_t kHostsBytes = 128;
inline constexpr std::uint64_t kJobBytes = 64;

/// A column written during a run: one row of `width` elements per task or session.
struct MutableColumn {
    std::string name;
    Element element = Element::u8;
    std::uint64_t width = 1;
    std::string dimension;  ///< of the second axis; empty for one element per row
    std::string unit;
    std::string meaning;
    std::vector<std::string> flag_meanings;

    [[nodiscard]] std::uint64_t row_bytes() const { return width * size_of(element); }
};

/// Positions in task_columns().
enum class TaskColumn : std::size_t { status, message, session, rank, start, seconds, wait, checksum, record_checksum };
/// Positions in session_columns().
enum class SessionColumn : std::size_t { start, end, ranks, threads, exit_code, hosts, job };

[[nodiscard]] std::vector<MutableColumn> task_columns(std::uint64_t max_task_variables);
[[nodiscard]] std::vector<MutableColumn> session_columns();

/// The fixed columns of /tasks, and back.
[[nodiscard]] Table place_table(const Layout& layout);
[[nodiscard]] std::vector<TaskPlace> places_of(const Table& table);

}  // namespace sigmaflow
