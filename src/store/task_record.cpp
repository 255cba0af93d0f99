#include "task_record.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <stdexcept>

#include "sigmaflow/core/hash.hpp"

namespace sigmaflow {
namespace {

template <class T>
std::vector<std::byte> bytes_of(std::span<const T> values) {
    std::vector<std::byte> bytes(values.size_bytes());
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

template <class T>
std::vector<std::byte> bytes_of(const T& value) {
    return bytes_of(std::span<const T>(&value, 1));
}

}  // namespace

std::vector<std::byte> TaskRecord::entry(TaskColumn which) const {
    switch (which) {
        case TaskColumn::status: return bytes_of(status);
        case TaskColumn::message: return bytes_of(std::span<const char>(message));
        case TaskColumn::session: return bytes_of(session);
        case TaskColumn::rank: return bytes_of(rank);
        case TaskColumn::start: return bytes_of(start);
        case TaskColumn::seconds: return bytes_of(seconds);
        case TaskColumn::wait: return bytes_of(wait);
        case TaskColumn::checksum: return bytes_of(std::span<const std::uint64_t>(checksums));
        case TaskColumn::record_checksum: return bytes_of(digest());
    }
    throw std::logic_error("unknown column of /tasks");
}

std::uint64_t TaskRecord::digest() const {
    std::vector<std::byte> bytes;
    for (const auto column : {TaskColumn::status, TaskColumn::message, TaskColumn::session, TaskColumn::rank,
                              TaskColumn::start, TaskColumn::seconds, TaskColumn::wait, TaskColumn::checksum}) {
        const auto part = entry(column);
        bytes.insert(bytes.end(), part.begin(), part.end());
    }
    return hash64(bytes);
}

std::string fitted(const std::string& text, std::size_t bytes) {
    if (text.size() < bytes) return text;
    auto end = bytes - 1;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end);
}

std::string unpadded(const char* bytes, std::size_t size) { return {bytes, std::find(bytes, bytes + size, '\0')}; }

}  // namespace sigmaflow
