#include "finished_items.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "read_metadata.hpp"
#include "sigmaflow/core/hash.hpp"

namespace sigmaflow {

Frame::Frame(const Layout& layout)
    : groups(layout.groups),
      tasks(layout.tasks),
      max_sessions(layout.max_sessions),
      max_task_variables(layout.max_task_variables()) {
    for (auto& group : groups) {
        for (auto& variable : group.variables) variable.content.clear();
    }
}

std::string fault_in(const FinishedTask& finished, const Frame& frame) {
    if (finished.task >= frame.tasks.size()) return fmt::format("there is no task {}", finished.task);
    if (finished.status == TaskStatus::failed && finished.rows.empty()) return {};
    if (finished.status != TaskStatus::done) return fmt::format("task {} is neither done nor failed", finished.task);
    const auto& group = frame.group_of(finished.task);
    const auto variables = group.task_variables();
    if (finished.rows.size() != variables.size()) {
        return fmt::format("task {} has {} rows instead of {}", finished.task, finished.rows.size(), variables.size());
    }
    for (std::size_t i = 0; i < variables.size(); ++i) {
        const auto expected = row_in_variable(group, *variables[i], frame.tasks[finished.task]).size;
        if (finished.rows[i].size() == expected) continue;
        return fmt::format("row '{}' of task {} has {} bytes instead of {}", variables[i]->name, finished.task,
                           finished.rows[i].size(), expected);
    }
    return {};
}

std::vector<Item> make_items(std::span<const FinishedTask> finished, const Frame& frame, std::uint32_t session,
                             std::uint32_t rank) {
    std::vector<Item> items;
    for (const auto& task : finished) {
        TaskRecord record{task.status, {}, session, rank, task.start_seconds, task.seconds, task.wait_seconds, {}};
        std::ranges::copy(fitted(task.message, kMessageBytes), record.message.begin());
        for (const auto& row : task.rows) record.checksums.push_back(hash64(row));
        record.checksums.resize(frame.group_of(task.task).task_variables().size());
        items.push_back({&task, std::move(record)});
    }
    std::ranges::sort(items, {}, [](const Item& item) { return item.task->task; });
    return items;
}

std::vector<std::vector<const Item*>> items_by_group(const std::vector<Item>& items, const Frame& frame) {
    std::vector<std::vector<const Item*>> by_group(frame.groups.size());
    for (const auto& item : items) {
        if (item.task->status == TaskStatus::done) by_group[frame.tasks[item.task->task].group].push_back(&item);
    }
    for (auto& members : by_group) {
        std::ranges::sort(members, {}, [&](const Item* item) {
            const auto& place = frame.tasks[item->task->task];
            return std::pair(place.row, place.block);
        });
    }
    return by_group;
}

}  // namespace sigmaflow
