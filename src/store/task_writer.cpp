#include "task_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "read_metadata.hpp"
#include "sigmaflow/core/hash.hpp"

namespace sigmaflow {
namespace {

constexpr std::uint64_t kBytesPerRound = std::uint64_t{256} << 20;

/// The box of a task's row in its variable: full in all axes after the second.
Box box_of(const Group& group, const Variable& variable, const TaskPlace& place) {
    const bool per_block = variable.rows == Rows::per_block;
    Box box{{place.row, per_block ? place.block : place.kept_first}, {1, per_block ? 1 : place.kept_count}};
    for (std::size_t i = 2; i < variable.dimensions.size(); ++i) {
        box.start.push_back(0);
        box.count.push_back(group.size_of_dimension(variable.dimensions[i]));
    }
    return box;
}

/// The box of one row of a column; `width` elements of it.
Box box_of(const MutableColumn& column, std::uint64_t row, std::uint64_t width) {
    Box box{{row}, {1}};
    if (!column.dimension.empty()) {
        box.start.push_back(0);
        box.count.push_back(width);
    }
    return box;
}

/// The share of one round.
template <class T>
std::span<const T> part_of(std::span<const T> items, std::uint64_t round, std::size_t each) {
    const auto first = std::min<std::size_t>(round * each, items.size());
    return items.subspan(first, std::min(each, items.size() - first));
}

}  // namespace

TaskWriter::TaskWriter(const std::string& path, const Frame& frame, MPI_Comm comm)
    : frame_(frame),
      task_columns_(task_columns(frame.max_task_variables)),
      session_columns_(session_columns()),
      file_(path, comm),
      bytes_(path, ByteFile::Mode::read),
      status_offset_(file_.offset_of("tasks/status")) {}

std::size_t TaskWriter::tasks_per_round(const Group& group) const {
    std::uint64_t largest = 1;
    for (const auto* variable : group.task_variables()) {
        const auto rows = variable->rows == Rows::per_block ? 1 : group.size_of_dimension("particle");
        largest = std::max(largest, rows * group.row_elements(*variable) * size_of(variable->element));
    }
    return std::clamp<std::size_t>(kBytesPerRound / largest, 1, kTasksPerRound);
}

void TaskWriter::write_rows(std::size_t index, std::span<const Item* const> items, std::uint64_t rounds) {
    const auto& group = frame_.groups[index];
    const auto each = tasks_per_round(group);
    const auto variables = group.task_variables().size();
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const auto part = part_of(items, round, each);
        for (std::size_t i = 0; i < variables; ++i) write_variable(group, i, part);
    }
}

void TaskWriter::write_variable(const Group& group, std::size_t index, std::span<const Item* const> part) {
    const auto& variable = *group.task_variables()[index];
    Selection selection;
    for (const auto* item : part) {
        const auto& row = item->task->rows[index];
        if (!row.empty()) selection.add(box_of(group, variable, frame_.tasks[item->task->task]), row);
    }
    file_.write("results/" + group.name + "/" + variable.name, selection);
}

void TaskWriter::write_records(std::span<const Item> items, std::uint64_t rounds) {
    for (const auto column :
         {TaskColumn::message, TaskColumn::session, TaskColumn::rank, TaskColumn::start, TaskColumn::seconds,
          TaskColumn::wait, TaskColumn::checksum, TaskColumn::record_checksum}) {
        write_column(column, items, rounds);
    }
}

void TaskWriter::write_statuses(std::span<const Item> items, std::uint64_t rounds) {
    write_column(TaskColumn::status, items, rounds);
}

void TaskWriter::clear_statuses(std::span<const Item> items, std::uint64_t rounds) {
    std::vector<Item> pending(items.begin(), items.end());
    for (auto& item : pending) item.record.status = TaskStatus::pending;
    write_column(TaskColumn::status, pending, rounds);
}

bool TaskWriter::any_flagged(std::span<const Item> items) const {
    return std::ranges::any_of(items, [this](const Item& item) {
        return bytes_.read(status_offset_ + item.task->task, 1)[0] != static_cast<std::byte>(TaskStatus::pending);
    });
}

void TaskWriter::write_column(TaskColumn which, std::span<const Item> items, std::uint64_t rounds) {
    const auto& column = task_columns_[static_cast<std::size_t>(which)];
    for (std::uint64_t round = 0; round < rounds; ++round) {
        Selection selection;
        for (const auto& item : part_of(items, round, kTasksPerRound)) {
            const auto value = item.record.entry(which);
            if (!value.empty()) {
                selection.add(box_of(column, item.task->task, value.size() / size_of(column.element)), value);
            }
        }
        file_.write("tasks/" + column.name, selection);
    }
}

void TaskWriter::write_session(SessionColumn which, std::uint32_t index, std::span<const std::byte> value) {
    const auto& column = session_columns_[static_cast<std::size_t>(which)];
    Selection selection;
    if (!value.empty()) selection.add(box_of(column, index, column.width), value);
    file_.write("sessions/" + column.name, selection);
}

void TaskWriter::read_back(std::span<const Item> items) {
    const auto width = task_columns_[static_cast<std::size_t>(TaskColumn::checksum)].row_bytes();
    const auto checksums = file_.offset_of("tasks/checksum");
    for (const auto& item : items) {
        const auto task = item.task->task;
        const auto& group = frame_.group_of(task);
        const auto variables = group.task_variables();
        for (std::size_t i = 0; i < item.task->rows.size(); ++i) {
            const auto extent = row_in_variable(group, *variables[i], frame_.tasks[task]);
            const auto base = file_.offset_of("results/" + group.name + "/" + variables[i]->name);
            check_on_disk(base + extent.offset, extent.size, item.record.checksums[i], task);
        }
        const auto recorded = std::as_bytes(std::span(item.record.checksums));
        check_on_disk(checksums + task * width, recorded.size(), hash64(recorded), task);
    }
}

void TaskWriter::read_back_statuses(std::span<const Item> items) const {
    for (const auto& item : items) {
        const auto flag = item.record.entry(TaskColumn::status);
        check_on_disk(status_offset_ + item.task->task, flag.size(), hash64(flag), item.task->task);
    }
}

void TaskWriter::check_on_disk(std::uint64_t offset, std::uint64_t size, std::uint64_t digest,
                               std::uint64_t task) const {
    constexpr int kTries = 5;  // a network file system may show an old page once or twice
    for (int i = 0; i < kTries; ++i) {
        if (hash64(bytes_.read(offset, size)) == digest) return;
        bytes_.forget(offset, size);
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    throw std::runtime_error(
        fmt::format("what was read back of task {} (bytes {} to {}) is not what was written: the file system or the "
                    "MPI library lost data (with Open MPI before 4.1.7, OMPI_MCA_fbtl_posix_write_datasieving=0 is "
                    "needed)",
                    task, offset, offset + size));
}

std::vector<double> TaskWriter::session_starts(bool read) {
    std::vector<double> starts(frame_.max_sessions);
    const auto offset = file_.offset_of("sessions/start");
    if (read) bytes_.read(offset, std::as_writable_bytes(std::span(starts)));
    return starts;
}

}  // namespace sigmaflow
