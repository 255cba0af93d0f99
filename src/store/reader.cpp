#include "sigmaflow/store/reader.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "byte_file.hpp"
#include "check_metadata.hpp"
#include "columns.hpp"
#include "file_header.hpp"
#include "read_metadata.hpp"
#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/hash.hpp"
#include "task_record.hpp"

namespace sigmaflow {

namespace {

Metadata checked_metadata(const ByteFile& file) {
    check_header(file.path());
    auto metadata = read_metadata(file.path());
    if (const auto fault = metadata_fault(metadata, file.size()); !fault.empty()) {
        throw InputError("cannot use '" + file.path() + "'", fault, "it was not written by sigmaflow, or is damaged");
    }
    return metadata;
}

}  // namespace

struct StoreReader::Impl {
    explicit Impl(const std::string& path) : file(path, ByteFile::Mode::read), metadata(checked_metadata(file)) {}

    ByteFile file;
    Metadata metadata;
    std::uint64_t checksum_width = std::max<std::uint64_t>(metadata.layout.max_task_variables(), 1);

    template <class T>
    std::vector<T> column(std::uint64_t offset, std::uint64_t elements) const {
        std::vector<T> values(elements);
        file.read(offset, std::as_writable_bytes(std::span(values)));
        return values;
    }

    template <class T>
    std::vector<T> of_tasks(TaskColumn which, std::uint64_t width = 1) const {
        return column<T>(metadata.places.tasks[static_cast<std::size_t>(which)], metadata.layout.tasks.size() * width);
    }

    template <class T>
    std::vector<T> of_sessions(SessionColumn which, std::uint64_t width = 1) const {
        return column<T>(metadata.places.sessions[static_cast<std::size_t>(which)],
                         metadata.layout.max_sessions * width);
    }

    [[nodiscard]] std::size_t variables_of(std::uint64_t task) const {
        return metadata.places.variables[metadata.layout.tasks[task].group].size();
    }
};

namespace {

TaskState state_of(const TaskRecord& record, std::uint64_t recorded_digest) {
    TaskState state;
    state.status = record.status;
    if (record.status == TaskStatus::pending) return state;
    state.message = unpadded(record.message.data(), record.message.size());
    state.session = record.session;
    state.rank = record.rank;
    state.start_seconds = record.start;
    state.seconds = record.seconds;
    state.wait_seconds = record.wait;
    state.intact = record.digest() == recorded_digest;
    return state;
}

}  // namespace

StoreReader::StoreReader(const std::string& path) : impl_(new Impl(path)) {}
StoreReader::~StoreReader() = default;
StoreReader::StoreReader(StoreReader&&) noexcept = default;

const std::string& StoreReader::path() const { return impl_->file.path(); }
const Layout& StoreReader::layout() const { return impl_->metadata.layout; }
std::uint64_t StoreReader::status_offset() const { return impl_->metadata.places.tasks[0]; }

std::vector<TaskStatus> StoreReader::statuses() const { return impl_->of_tasks<TaskStatus>(TaskColumn::status); }

std::vector<TaskState> StoreReader::tasks() const {
    const auto& impl = *impl_;
    const auto statuses = this->statuses();  // before everything else: what they vouch for was written earlier
    const auto messages = impl.of_tasks<char>(TaskColumn::message, kMessageBytes);
    const auto session = impl.of_tasks<std::uint32_t>(TaskColumn::session);
    const auto rank = impl.of_tasks<std::uint32_t>(TaskColumn::rank);
    const auto start = impl.of_tasks<double>(TaskColumn::start);
    const auto seconds = impl.of_tasks<double>(TaskColumn::seconds);
    const auto wait = impl.of_tasks<double>(TaskColumn::wait);
    const auto checksums = impl.of_tasks<std::uint64_t>(TaskColumn::checksum, impl.checksum_width);
    const auto digests = impl.of_tasks<std::uint64_t>(TaskColumn::record_checksum);
    std::vector<TaskState> states;
    states.reserve(statuses.size());
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        TaskRecord record{statuses[i], {}, session[i], rank[i], start[i], seconds[i], wait[i], {}};
        std::memcpy(record.message.data(), messages.data() + i * kMessageBytes, kMessageBytes);
        const auto first = checksums.begin() + static_cast<std::ptrdiff_t>(i * impl.checksum_width);
        record.checksums.assign(first, first + static_cast<std::ptrdiff_t>(impl.variables_of(i)));
        states.push_back(state_of(record, digests[i]));
    }
    return states;
}

std::vector<Session> StoreReader::sessions() const {
    const auto start = impl_->of_sessions<double>(SessionColumn::start);
    const auto end = impl_->of_sessions<double>(SessionColumn::end);
    const auto ranks = impl_->of_sessions<std::int64_t>(SessionColumn::ranks);
    const auto threads = impl_->of_sessions<std::int64_t>(SessionColumn::threads);
    const auto exit_code = impl_->of_sessions<std::int64_t>(SessionColumn::exit_code);
    const auto hosts = impl_->of_sessions<char>(SessionColumn::hosts, kHostsBytes);
    const auto jobs = impl_->of_sessions<char>(SessionColumn::job, kJobBytes);
    std::vector<Session> sessions;
    for (std::size_t i = 0; i < start.size() && start[i] != 0.0; ++i) {
        sessions.push_back({start[i], end[i], ranks[i], threads[i], exit_code[i],
                            unpadded(hosts.data() + i * kHostsBytes, kHostsBytes),
                            unpadded(jobs.data() + i * kJobBytes, kJobBytes)});
    }
    return sessions;
}

std::vector<std::byte> StoreReader::read_row(std::uint64_t task, std::size_t variable) const {
    const auto extent = impl_->metadata.row(task, variable);
    return impl_->file.read(extent.offset, extent.size);
}

std::vector<std::uint64_t> StoreReader::checksums(std::uint64_t task) const {
    const auto base = impl_->metadata.places.tasks[static_cast<std::size_t>(TaskColumn::checksum)];
    const auto stride = impl_->checksum_width * sizeof(std::uint64_t);
    return impl_->column<std::uint64_t>(base + task * stride, impl_->variables_of(task));
}

bool StoreReader::row_intact(std::uint64_t task, std::size_t variable) const {
    return hash64(read_row(task, variable)) == checksums(task).at(variable);
}

}  // namespace sigmaflow
