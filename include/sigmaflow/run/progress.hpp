#pragma once
/// \file
/// What a person sees while a study runs: one line that renews itself on a terminal, a plain line per epoch elsewhere.
/// Written to standard error by rank 0.

#include <cstdint>
#include <string>

namespace sigmaflow {

/// How far a study is, in tasks and in predicted seconds of one core.
struct ProgressState {
    std::int64_t done = 0;
    std::int64_t total = 0;
    std::int64_t done_before = 0;  ///< by earlier sessions
    double cost_done = 0.0;        ///< by this session
    double cost_left = 0.0;
    double elapsed = 0.0;  ///< seconds of this session
};

class Progress {
  public:
    /// `quiet` prints nothing.
    Progress(bool quiet, bool terminal);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    void show(const ProgressState& state);

  private:
    bool quiet_;
    bool terminal_;
    bool line_open_ = false;
};

/// "137/400 tasks, 34 %, 12.3 tasks/s, about 21 s left": the time left weighs tasks by their predicted cost.
[[nodiscard]] std::string progress_line(const ProgressState& state);
/// 3661 -> "1:01:01", 61 -> "1:01", 9 -> "9 s".
[[nodiscard]] std::string readable_seconds(double seconds);
/// "12.3 kB", "45.6 MB", "7.89 GB", of 1000 bytes each step.
[[nodiscard]] std::string readable_bytes(std::uint64_t bytes);

}  // namespace sigmaflow
