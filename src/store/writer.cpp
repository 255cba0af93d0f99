#include "sigmaflow/store/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>

#include "check_layout.hpp"
#include "file_header.hpp"
#include "finished_items.hpp"
#include "part_extents.hpp"
#include "read_metadata.hpp"
#include "sigmaflow/core/error.hpp"
#include "task_writer.hpp"

namespace sigmaflow {
namespace {

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
    auto size = static_cast<int>(fault.size());
    MPI_Bcast(&size, 1, MPI_INT, 0, comm);
    fault.resize(static_cast<std::size_t>(size));
    MPI_Bcast(fault.data(), size, MPI_CHAR, 0, comm);
    if (!fault.empty()) throw InputError("cannot use '" + path + "'", fault);
}

std::string fault_of(const std::string& path, const Layout& layout) {
    try {
        auto fault = header_fault(ByteFile(path, ByteFile::Mode::write));
        if (fault.empty()) fault = layout_difference(read_metadata(path).layout, layout);
        return fault;
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

std::uint64_t rounds_for(std::size_t count, std::size_t each) { return (count + each - 1) / each; }

}  // namespace

struct StoreWriter::Impl {
    std::string path;
    Frame frame;
    MPI_Comm comm = MPI_COMM_NULL;
    int rank = 0;
    std::unique_ptr<TaskWriter> writer = nullptr;
    std::uint32_t session = 0;
    std::uint64_t needed_bytes = 0;  ///< of the disk; known to rank 0

    /// What all ranks agree on before they write.
    struct Agreement {
        std::vector<std::uint64_t> group_rounds;
        std::uint64_t table_rounds = 0;
        bool any_flagged = false;  ///< a task was written before
    };

    [[nodiscard]] Agreement agree(const std::vector<std::vector<const Item*>>& by_group, const std::vector<Item>& items,
                                  const std::string& fault) const;
    void write_session(SessionColumn column, std::span<const std::byte> value) const;
};

/// One reduction: the numbers of rounds, whether any rank has a task that does not fit or was written before, whether
/// the disk is full.
StoreWriter::Impl::Agreement StoreWriter::Impl::agree(const std::vector<std::vector<const Item*>>& by_group,
                                                      const std::vector<Item>& items, const std::string& fault) const {
    enum { table_rounds, misfits, lacking_bytes, flagged, group_rounds };
    std::vector<std::uint64_t> numbers(group_rounds);
    numbers[table_rounds] = rounds_for(items.size(), kTasksPerRound);
    numbers[misfits] = fault.empty() ? 0 : 1;
    or_abort(comm, "looking at the result file", [&] {
        numbers[lacking_bytes] = rank == 0 ? writer->bytes().missing_space(needed_bytes) : 0;
        numbers[flagged] = writer->any_flagged(items) ? 1 : 0;
    });
    for (std::size_t i = 0; i < by_group.size(); ++i) {
        numbers.push_back(rounds_for(by_group[i].size(), writer->tasks_per_round(frame.groups[i])));
    }
    MPI_Allreduce(MPI_IN_PLACE, numbers.data(), static_cast<int>(numbers.size()), MPI_UINT64_T, MPI_MAX, comm);
    if (numbers[misfits] > 0) {
        throw std::logic_error("writing results: " + (fault.empty() ? "a task of another rank does not fit" : fault));
    }
    if (const auto bytes = numbers[lacking_bytes]; bytes > 0) {
        throw std::runtime_error(fmt::format("cannot write '{}' (the disk lacks {} bytes)", path, bytes));
    }
    return {{numbers.begin() + group_rounds, numbers.end()}, numbers[table_rounds], numbers[flagged] > 0};
}

void StoreWriter::Impl::write_session(SessionColumn column, std::span<const std::byte> value) const {
    writer->write_session(column, session, rank == 0 ? value : std::span<const std::byte>());
}

StoreWriter::StoreWriter(const std::string& path, const Layout& layout, MPI_Comm comm)
    : impl_(new Impl{path, Frame(layout)}) {
    MPI_Comm_rank(comm, &impl_->rank);
    agree_on_fault(comm, path, impl_->rank == 0 ? fault_of(path, layout) : std::string());
    MPI_Comm_dup(comm, &impl_->comm);
    or_abort(impl_->comm, "opening '" + path + "'", [&] {
        impl_->writer = std::make_unique<TaskWriter>(path, impl_->frame, impl_->comm);
        if (impl_->rank == 0) impl_->needed_bytes = part_bytes(read_metadata(path), impl_->writer->bytes().size());
    });
}

StoreWriter::~StoreWriter() {
    if (std::uncaught_exceptions() > 0) {  // closing is collective, and the other ranks will not come
        static_cast<void>(impl_->writer.release());
        return;
    }
    impl_->writer.reset();
    if (impl_->comm != MPI_COMM_NULL) MPI_Comm_free(&impl_->comm);
}

std::uint32_t StoreWriter::begin_session(const SessionInfo& info) {
    auto& impl = *impl_;
    or_abort(impl.comm, "looking for a free session", [&] {
        const auto starts = impl.writer->session_starts(impl.rank == 0);
        impl.session = static_cast<std::uint32_t>(std::ranges::find(starts, 0.0) - starts.begin());
    });
    MPI_Bcast(&impl.session, 1, MPI_UINT32_T, 0, impl.comm);
    // A full table must not keep a study from being finished: the last row is used again.
    impl.session = std::min(impl.session, static_cast<std::uint32_t>(impl.frame.max_sessions - 1));
    or_abort(impl.comm, "beginning a session", [&] {
        impl.write_session(SessionColumn::ranks, bytes_of(info.ranks));
        impl.write_session(SessionColumn::threads, bytes_of(info.threads));
        impl.write_session(SessionColumn::exit_code, bytes_of(std::int64_t{-1}));
        impl.write_session(SessionColumn::hosts, bytes_of(padded<kHostsBytes>(info.hosts)));
        impl.write_session(SessionColumn::job, bytes_of(padded<kJobBytes>(info.job_id)));
        impl.write_session(SessionColumn::end, bytes_of(0.0));
        impl.write_session(SessionColumn::start, bytes_of(info.start_unix));
        impl.writer->flush();
    });
    return impl.session;
}

void StoreWriter::write(std::span<const FinishedTask> finished) {
    auto& impl = *impl_;
    std::string fault;
    for (const auto& task : finished) {
        if (fault.empty()) fault = fault_in(task, impl.frame);
    }
    if (!fault.empty()) finished = {};
    const auto items = make_items(finished, impl.frame, impl.session, static_cast<std::uint32_t>(impl.rank));
    const auto by_group = items_by_group(items, impl.frame);
    const auto agreed = impl.agree(by_group, items, fault);
    if (agreed.table_rounds == 0) return;
    or_abort(impl.comm, "writing results", [&] {
        if (agreed.any_flagged) {
            impl.writer->clear_statuses(items, agreed.table_rounds);
            impl.writer->flush();
            MPI_Barrier(impl.comm);  // no new row before the old flags are gone
        }
        for (std::size_t i = 0; i < by_group.size(); ++i)
            impl.writer->write_rows(i, by_group[i], agreed.group_rounds[i]);
        impl.writer->write_records(items, agreed.table_rounds);
        impl.writer->flush();
        impl.writer->read_back(items);
        MPI_Barrier(impl.comm);  // no flag before the rows of every rank are on the disk
        impl.writer->write_statuses(items, agreed.table_rounds);
        impl.writer->flush();
        impl.writer->read_back_statuses(items);
    });
}

void StoreWriter::end_session(double end_unix, int exit_code) {
    auto& impl = *impl_;
    or_abort(impl.comm, "ending a session", [&] {
        impl.write_session(SessionColumn::exit_code, bytes_of(std::int64_t{exit_code}));
        impl.write_session(SessionColumn::end, bytes_of(end_unix));
        impl.writer->flush();
    });
}

std::uint64_t StoreWriter::independent_writes() const { return impl_->writer->independent_writes(); }

}  // namespace sigmaflow
