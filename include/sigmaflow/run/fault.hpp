#pragma once
/// \file
/// Faults on demand, for tests of the program as a whole: SIGMAFLOW_FAULT="throw@17,sleep@*=0.01" makes task 17 throw
/// and every tile sleep 10 ms; "race@*" lets threads count without a lock, for the thread sanitizer to find;
/// "hang@start=1" keeps rank 1 from ever starting; "break@engine=1" and "break@writer=1" make it throw outside of all
/// tasks: while the others meet, and while they write. Unset (always, outside of tests) nothing is read and nothing
/// happens.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sigmaflow {

class FaultPlan {
  public:
    /// From the environment variable SIGMAFLOW_FAULT; InputError on a word it does not know.
    static FaultPlan from_environment();
    explicit FaultPlan(const std::string& text);

    /// Called by every rank while it starts.
    void strike_start(int rank) const;
    /// Called where a rank works for all: in the `engine` and before the `writer` writes.
    void strike_rank(const std::string& place, int rank) const;
    /// Called at the start of every tile of a task.
    void strike(std::uint64_t task) const;

  private:
    enum class Action { fail, sleep, race };
    struct Fault {
        Action action = Action::fail;
        bool all_tasks = false;
        std::uint64_t task = 0;
        double seconds = 0.0;
    };
    std::vector<Fault> faults_;
    int hanging_rank_ = -1;
    std::vector<std::pair<std::string, int>> broken_;  ///< places and ranks
    mutable std::int64_t races_ = 0;                   ///< unguarded on purpose
};

}  // namespace sigmaflow
