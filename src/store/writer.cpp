#include "sigmaflow/store/writer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <numeric>

#include "byte_file.hpp"
#include "collective_file.hpp"
#include "columns.hpp"
#include "file_header.hpp"
#include "read_metadata.hpp"
#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/hash.hpp"
#include "task_record.hpp"

namespace sigmaflow {
namespace {

constexpr std::size_t kTasksPerRound = 64;
constexpr std::uint64_t kBytesPerRound = std::uint64_t{256} << 20;

/// Runs `collective`; what fails in there fails on some ranks only, and the others would wait for ever.
void or_abort(MPI_Comm comm, const std::string& doing, const std::function<void()>& collective) {
    try {
        collective();
    } catch (const std::exception& error) {
        int rank = 0;
        MPI_Comm_rank(comm, &rank);
        std::fprintf(stderr, "sigmaflow: rank %d: %s failed: %s\n", rank, doing.c_str(), error.what());
        std::fflush(stderr);
        MPI_Abort(comm, 1);
    }
}

/// Throws an InputError on all ranks when rank 0 found a fault.
void agree_on_fault(MPI_Comm comm, const std::string& path, std::string fault) {
    int size = static_cast<int>(fault.size());
    MPI_Bcast(&size, 1, MPI_INT, 0, comm);
    fault.resize(static_cast<std::size_t>(size));
    MPI_Bcast(fault.data(), size, MPI_CHAR, 0, comm);
    if (!fault.empty()) throw InputError("cannot use '" + path + "'", fault);
}

std::string fault_of(const std::string& path) {
    try {
        return header_fault(ByteFile(path, ByteFile::Mode::write));
    } catch (const std::exception& error) {
        return error.what();
    }
}

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span<const T>(&value, 1));
}

template <std::size_t N>
std::array<char, N> padded(const std::string& text) {
    std::array<char, N> bytes{};
    std::ranges::copy(fitted(text, N), bytes.begin());
    return bytes;
}

/// The box of a task's row in its variable: full in all axes after the second.
Box box_of(const Group& group, const Variable& variable, const TaskPlace& place) {
    Box box;
    const bool per_block = variable.rows == Rows::per_block;
    box.start = {place.row, per_block ? place.block : place.kept_first};
    box.count = {1, per_block ? 1 : place.kept_count};
    for (std::size_t i = 2; i < variable.dimensions.size(); ++i) {
        box.start.push_back(0);
        box.count.push_back(group.size_of_dimension(variable.dimensions[i]));
    }
    return box;
}

}  // namespace

struct StoreWriter::Impl {
    std::string path;
    std::vector<Group> groups;  ///< without the content of fixed variables
    std::vector<TaskPlace> tasks;
    std::uint64_t max_sessions = 0;
    MPI_Comm comm = MPI_COMM_NULL;
    int rank = 0;
    std::vector<MutableColumn> task_table;
    std::vector<MutableColumn> session_table = session_columns();
    std::unique_ptr<CollectiveFile> file;
    std::unique_ptr<ByteFile> bytes;  ///< the same file, to read back what is on the disk
    std::uint32_t session = 0;

    /// A finished task with its record.
    struct Item {
        const FinishedTask* task;
        TaskRecord record;
    };
    using Items = std::vector<Item>;

    [[nodiscard]] const Group& group_of(const Item& item) const { return groups[tasks[item.task->task].group]; }

    [[nodiscard]] std::string fault_in(const FinishedTask& finished) const;
    [[nodiscard]] Items items(std::span<const FinishedTask> finished) const;
    [[nodiscard]] std::size_t tasks_per_round(const Group& group) const;
    [[nodiscard]] std::vector<std::uint64_t> agree_on_rounds(const std::vector<Items>& by_group, std::size_t all,
                                                             bool fault) const;
    void write_group(std::size_t index, const Items& mine, std::uint64_t rounds);
    void write_rows(const Group& group, std::size_t variable, std::span<const Item> part);
    void write_column(TaskColumn column, std::span<const Item> part);
    void write_session(SessionColumn column, std::uint32_t index, std::span<const std::byte> value);
    void read_back(const Items& mine);
    void check_on_disk(std::uint64_t offset, std::uint64_t size, std::uint64_t digest, std::uint64_t task);
};

std::string StoreWriter::Impl::fault_in(const FinishedTask& finished) const {
    if (finished.task >= tasks.size()) return fmt::format("there is no task {}", finished.task);
    if (finished.status == TaskStatus::failed && finished.rows.empty()) return {};
    if (finished.status != TaskStatus::done) return fmt::format("task {} is neither done nor failed", finished.task);
    const auto& place = tasks[finished.task];
    const auto& group = groups[place.group];
    const auto variables = group.task_variables();
    if (finished.rows.size() != variables.size()) return fmt::format("task {} lacks rows", finished.task);
    for (std::size_t i = 0; i < variables.size(); ++i) {
        const auto expected = row_in_variable(group, *variables[i], place).size;
        if (finished.rows[i].size() == expected) continue;
        return fmt::format("row '{}' of task {} has {} bytes instead of {}", variables[i]->name, finished.task,
                           finished.rows[i].size(), expected);
    }
    return {};
}

/// Sorted by task, as in the tables.
StoreWriter::Impl::Items StoreWriter::Impl::items(std::span<const FinishedTask> finished) const {
    Items sorted;
    for (const auto& task : finished) {
        TaskRecord record{task.status,
                          padded<kMessageBytes>(task.message),
                          session,
                          static_cast<std::uint32_t>(rank),
                          task.start_seconds,
                          task.seconds,
                          task.wait_seconds,
                          {}};
        for (const auto& row : task.rows) record.checksums.push_back(hash64(row));
        record.checksums.resize(groups[tasks[task.task].group].task_variables().size());
        sorted.push_back({&task, std::move(record)});
    }
    std::ranges::sort(sorted, {}, [](const Item& item) { return item.task->task; });
    return sorted;
}

std::size_t StoreWriter::Impl::tasks_per_round(const Group& group) const {
    std::uint64_t largest = 1;
    for (const auto* variable : group.task_variables()) {
        const auto per_task = variable->rows == Rows::per_block ? 1 : group.size_of_dimension("particle");
        largest = std::max(largest, per_task * group.row_elements(*variable) * size_of(variable->element));
    }
    return std::clamp<std::size_t>(kBytesPerRound / largest, 1, kTasksPerRound);
}

/// Rounds per group, then of the table of tasks; throws on all ranks when any of them has a fault or the disk is full.
std::vector<std::uint64_t> StoreWriter::Impl::agree_on_rounds(const std::vector<Items>& by_group, std::size_t all,
                                                              bool fault) const {
    const auto rounds_for = [](std::size_t count, std::size_t each) { return (count + each - 1) / each; };
    std::vector<std::uint64_t> rounds;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        rounds.push_back(rounds_for(by_group[i].size(), tasks_per_round(groups[i])));
    }
    rounds.push_back(rounds_for(all, kTasksPerRound));
    rounds.push_back(fault ? 1 : 0);
    rounds.push_back(rank == 0 ? bytes->missing_space() : 0);
    MPI_Allreduce(MPI_IN_PLACE, rounds.data(), static_cast<int>(rounds.size()), MPI_UINT64_T, MPI_MAX, comm);
    if (rounds.back() > 0) {
        throw std::runtime_error(fmt::format("cannot write '{}' (the disk lacks {} bytes)", path, rounds.back()));
    }
    rounds.pop_back();
    if (rounds.back() > 0) throw std::logic_error("another rank has a task that does not fit the result file");
    rounds.pop_back();
    return rounds;
}

void StoreWriter::Impl::write_group(std::size_t index, const Items& mine, std::uint64_t rounds) {
    const auto& group = groups[index];
    const auto each = tasks_per_round(group);
    const std::span<const Item> all(mine);
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const auto first = std::min<std::size_t>(round * each, all.size());
        const auto part = all.subspan(first, std::min(each, all.size() - first));
        for (std::size_t i = 0; i < group.task_variables().size(); ++i) write_rows(group, i, part);
    }
}

void StoreWriter::Impl::write_rows(const Group& group, std::size_t index, std::span<const Item> part) {
    const auto& variable = *group.task_variables()[index];
    Selection selection;
    for (const auto& item : part) {
        const auto& row = item.task->rows[index];
        if (!row.empty()) selection.add(box_of(group, variable, tasks[item.task->task]), row);
    }
    file->write("results/" + group.name + "/" + variable.name, selection);
}

void StoreWriter::Impl::write_column(TaskColumn which, std::span<const Item> part) {
    const auto& column = task_table[static_cast<std::size_t>(which)];
    Selection selection;
    for (const auto& [task, record] : part) {
        Box box{{task->task}, {1}};
        if (!column.dimension.empty()) {
            box.start.push_back(0);
            box.count.push_back(which == TaskColumn::checksum ? record.checksums.size() : column.width);
        }
        const auto digest = record.digest();
        std::span<const std::byte> value;
        switch (which) {
            case TaskColumn::status: value = bytes_of(record.status); break;
            case TaskColumn::message: value = bytes_of(record.message); break;
            case TaskColumn::session: value = bytes_of(record.session); break;
            case TaskColumn::rank: value = bytes_of(record.rank); break;
            case TaskColumn::start: value = bytes_of(record.start); break;
            case TaskColumn::seconds: value = bytes_of(record.seconds); break;
            case TaskColumn::wait: value = bytes_of(record.wait); break;
            case TaskColumn::checksum: value = std::as_bytes(std::span(record.checksums)); break;
            case TaskColumn::record_checksum: value = bytes_of(digest); break;
        }
        if (!value.empty()) selection.add(std::move(box), value);
    }
    file->write("tasks/" + column.name, selection);
}

void StoreWriter::Impl::write_session(SessionColumn which, std::uint32_t index, std::span<const std::byte> value) {
    const auto& column = session_table[static_cast<std::size_t>(which)];
    Selection selection;
    if (rank == 0) {
        Box box{{index}, {1}};
        if (!column.dimension.empty()) {
            box.start.push_back(0);
            box.count.push_back(column.width);
        }
        selection.add(std::move(box), value);
    }
    file->write("sessions/" + column.name, selection);
}

/// A fault of the parallel file system or the MPI library must not get a flag that vouches for it.
void StoreWriter::Impl::read_back(const Items& mine) {
    const auto width = task_table[static_cast<std::size_t>(TaskColumn::checksum)].row_bytes();
    const auto checksums = file->offset_of("tasks/checksum");
    for (const auto& item : mine) {
        const auto task = item.task->task;
        const auto& group = group_of(item);
        const auto variables = group.task_variables();
        for (std::size_t i = 0; i < item.task->rows.size(); ++i) {
            const auto extent = row_in_variable(group, *variables[i], tasks[task]);
            const auto base = file->offset_of("results/" + group.name + "/" + variables[i]->name);
            check_on_disk(base + extent.offset, extent.size, item.record.checksums[i], task);
        }
        const auto recorded = std::as_bytes(std::span(item.record.checksums));
        check_on_disk(checksums + task * width, recorded.size(), hash64(recorded), task);
    }
}

void StoreWriter::Impl::check_on_disk(std::uint64_t offset, std::uint64_t size, std::uint64_t digest,
                                      std::uint64_t task) {
    constexpr int kTries = 5;  // a network file system may show an old page once or twice
    for (int i = 0; i < kTries; ++i) {
        if (hash64(bytes->read(offset, size)) == digest) return;
        bytes->forget(offset, size);
        ::usleep(100'000);
    }
    throw std::runtime_error(
        fmt::format("what was read back of task {} (bytes {} to {}) is not what was written: the file system or the "
                    "MPI library lost data; is OMPI_MCA_fbtl_posix_write_datasieving=0 set?",
                    task, offset, offset + size));
}

StoreWriter::StoreWriter(const std::string& path, const Layout& layout, MPI_Comm comm) : impl_(new Impl) {
    impl_->path = path;
    impl_->groups = layout.groups;
    for (auto& group : impl_->groups) {
        for (auto& variable : group.variables) variable.content.clear();
    }
    impl_->tasks = layout.tasks;
    impl_->max_sessions = layout.max_sessions;
    impl_->task_table = task_columns(layout.max_task_variables());
    MPI_Comm_rank(comm, &impl_->rank);
    agree_on_fault(comm, path, impl_->rank == 0 ? fault_of(path) : std::string());
    MPI_Comm_dup(comm, &impl_->comm);
    or_abort(impl_->comm, "opening '" + path + "'", [&] {
        impl_->file = std::make_unique<CollectiveFile>(path, impl_->comm);
        impl_->bytes = std::make_unique<ByteFile>(path, ByteFile::Mode::read);
    });
}

StoreWriter::~StoreWriter() {
    impl_->file.reset();
    if (impl_->comm != MPI_COMM_NULL) MPI_Comm_free(&impl_->comm);
}

std::uint32_t StoreWriter::begin_session(const SessionInfo& info) {
    auto& impl = *impl_;
    std::uint32_t index = 0;
    or_abort(impl.comm, "looking for a free session", [&] {
        std::vector<double> starts(impl.max_sessions);
        const auto offset = impl.file->offset_of("sessions/start");
        if (impl.rank == 0) impl.bytes->read(offset, std::as_writable_bytes(std::span(starts)));
        index = static_cast<std::uint32_t>(std::ranges::find(starts, 0.0) - starts.begin());
    });
    MPI_Bcast(&index, 1, MPI_UINT32_T, 0, impl.comm);
    if (index == impl.max_sessions) {
        throw InputError("no further session fits into '" + impl.path + "'",
                         fmt::format("its table holds {}", impl.max_sessions));
    }
    const std::int64_t running = -1;
    const auto hosts = padded<kHostsBytes>(info.hosts);
    const auto job = padded<kJobBytes>(info.job_id);
    or_abort(impl.comm, "beginning a session", [&] {
        impl.write_session(SessionColumn::ranks, index, bytes_of(info.ranks));
        impl.write_session(SessionColumn::threads, index, bytes_of(info.threads));
        impl.write_session(SessionColumn::exit_code, index, bytes_of(running));
        impl.write_session(SessionColumn::hosts, index, bytes_of(hosts));
        impl.write_session(SessionColumn::job, index, bytes_of(job));
        impl.write_session(SessionColumn::start, index, bytes_of(info.start_unix));
        impl.file->flush();
    });
    impl.session = index;
    return index;
}

void StoreWriter::write(std::span<const FinishedTask> finished) {
    auto& impl = *impl_;
    std::string fault;
    for (const auto& task : finished) {
        if (fault.empty()) fault = impl.fault_in(task);
    }
    const auto mine = fault.empty() ? impl.items(finished) : Impl::Items();
    std::vector<Impl::Items> by_group(impl.groups.size());
    for (const auto& item : mine) {
        if (item.task->status == TaskStatus::done) by_group[impl.tasks[item.task->task].group].push_back(item);
    }
    for (auto& items : by_group) {
        std::ranges::sort(items, {}, [&](const Impl::Item& item) {
            const auto& place = impl.tasks[item.task->task];
            return std::pair(place.row, place.block);  // the order of the file, which a selection follows
        });
    }
    std::vector<std::uint64_t> rounds;
    try {
        rounds = impl.agree_on_rounds(by_group, mine.size(), !fault.empty());
    } catch (const std::logic_error&) {
        if (!fault.empty()) throw std::logic_error("writing results: " + fault);
        throw;
    }
    const auto parts_of_all = [&](const auto& visit) {
        const std::span<const Impl::Item> all(mine);
        for (std::uint64_t round = 0; round < rounds.back(); ++round) {
            const auto first = std::min<std::size_t>(round * kTasksPerRound, all.size());
            visit(all.subspan(first, std::min(kTasksPerRound, all.size() - first)));
        }
    };
    if (rounds.back() == 0) return;
    or_abort(impl.comm, "writing results", [&] {
        for (std::size_t i = 0; i < impl.groups.size(); ++i) impl.write_group(i, by_group[i], rounds[i]);
        parts_of_all([&](auto part) {
            for (const auto column :
                 {TaskColumn::message, TaskColumn::session, TaskColumn::rank, TaskColumn::start, TaskColumn::seconds,
                  TaskColumn::wait, TaskColumn::checksum, TaskColumn::record_checksum}) {
                impl.write_column(column, part);
            }
        });
        impl.file->flush();
        impl.read_back(mine);
        MPI_Barrier(impl.comm);  // no flag before every rank's rows are on the disk
        parts_of_all([&](auto part) { impl.write_column(TaskColumn::status, part); });
        impl.file->flush();
    });
}

void StoreWriter::end_session(double end_unix, int exit_code) {
    auto& impl = *impl_;
    const std::int64_t code = exit_code;
    or_abort(impl.comm, "ending a session", [&] {
        impl.write_session(SessionColumn::exit_code, impl.session, bytes_of(code));
        impl.write_session(SessionColumn::end, impl.session, bytes_of(end_unix));
        impl.file->flush();
    });
}

std::uint64_t StoreWriter::independent_writes() const { return impl_->file->independent_writes(); }

}  // namespace sigmaflow
