#pragma once
// The files of one study: each task is done in at most one of them.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sigmaflow/store/reader.hpp"

namespace sigmaflow {

class Parts {
  public:
    /// InputError when the files do not belong together or overlap.
    explicit Parts(std::span<const std::string> paths);

    [[nodiscard]] const Layout& layout() const { return readers_.front().layout(); }
    /// The state of a task where it is done, else where it failed, else pending.
    [[nodiscard]] const TaskState& state(std::uint64_t task) const { return states_[task]; }
    /// A row of a done task; InputError when it is damaged.
    [[nodiscard]] std::vector<std::byte> row(std::uint64_t task, std::size_t variable) const;

  private:
    void require_kinship() const;
    void take(std::size_t part);

    std::vector<StoreReader> readers_;
    std::vector<TaskState> states_;
    std::vector<std::size_t> owner_;  ///< of a task's state: index of the reader
};

}  // namespace sigmaflow
