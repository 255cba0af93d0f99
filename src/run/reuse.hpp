#pragma once
// Taking finished tasks over from other result files: `run --reuse`.

#include <memory>
#include <string>
#include <vector>

#include "preparation.hpp"
#include "sigmaflow/parallel/watchdog.hpp"
#include "sigmaflow/store/shared_tasks.hpp"

namespace sigmaflow {

/// The files that a run may take from, opened and checked on every rank.
class ReuseSources {
  public:
    /// InputError when a file cannot be read, was computed by other numerics or from another seed, is the output
    /// itself, or is of a study that cannot be read any more.
    ReuseSources(const std::vector<std::string>& paths, const Prepared& prepared);

    [[nodiscard]] bool empty() const { return sources_.empty(); }
    /// Collective. Writes the tasks of this run's part that are pending in `statuses` and done in a source, and marks
    /// them done in `statuses` (the same on all ranks). Returns their number.
    std::size_t take_over(std::vector<TaskStatus>& statuses, StoreWriter& writer, const MpiEnvironment& mpi,
                          Watchdog& watchdog) const;

  private:
    struct Claim {
        SharedTask shared;
        std::size_t source = 0;
    };
    [[nodiscard]] std::vector<Claim> claims(const std::vector<TaskStatus>& statuses) const;
    void require_same_numbers(const StoreReader& source);

    const Prepared& prepared_;
    std::vector<StoreReader> sources_;
    std::vector<bool> same_quantities_;  ///< of a source: blocks of particles can be taken
};

}  // namespace sigmaflow
