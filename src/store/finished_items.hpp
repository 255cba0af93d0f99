#pragma once
// Finished tasks with their records, checked against the layout and put in the order of the file.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sigmaflow/store/writer.hpp"
#include "task_record.hpp"

namespace sigmaflow {

/// What a writer must know of a layout: without the contents of fixed variables and tables.
struct Frame {
    std::vector<Group> groups;
    std::vector<TaskPlace> tasks;
    std::uint64_t max_sessions = 0;
    std::uint64_t max_task_variables = 0;

    explicit Frame(const Layout& layout);
    [[nodiscard]] const Group& group_of(std::uint64_t task) const { return groups[tasks[task].group]; }
};

/// A finished task, owned by the caller of StoreWriter::write, with its record.
struct Item {
    const FinishedTask* task;
    TaskRecord record;
};

/// Why a task cannot be written; empty when it can.
[[nodiscard]] std::string fault_in(const FinishedTask& finished, const Frame& frame);

/// Items in the order of the table of tasks.
[[nodiscard]] std::vector<Item> make_items(std::span<const FinishedTask> finished, const Frame& frame,
                                           std::uint32_t session, std::uint32_t rank);

/// For every group the items that have rows in it, in the order of its axes.
[[nodiscard]] std::vector<std::vector<const Item*>> items_by_group(const std::vector<Item>& items, const Frame& frame);

}  // namespace sigmaflow
