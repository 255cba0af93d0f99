#pragma once
/// \file
/// Faults on demand, for tests of the program as a whole: SIGMAFLOW_FAULT="throw@17,sleep@*=0.01" makes task 17 throw
/// and every tile sleep 10 ms. Unset (always, outside of tests) nothing is read and nothing happens.

#include <cstdint>
#include <string>
#include <vector>

namespace sigmaflow {

class FaultPlan {
  public:
    /// From the environment variable SIGMAFLOW_FAULT; InputError on a word it does not know.
    static FaultPlan from_environment();
    explicit FaultPlan(const std::string& text);

    /// Called at the start of every tile of a task.
    void strike(std::uint64_t task) const;

  private:
    struct Fault {
        bool sleeps = false;
        bool all_tasks = false;
        std::uint64_t task = 0;
        double seconds = 0.0;
    };
    std::vector<Fault> faults_;
};

}  // namespace sigmaflow
