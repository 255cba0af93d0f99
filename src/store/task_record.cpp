#include "task_record.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#include "sigmaflow/core/hash.hpp"

namespace sigmaflow {
namespace {

template <class T>
void append(std::vector<std::byte>& bytes, std::span<const T> values) {
    const auto raw = std::as_bytes(values);
    bytes.insert(bytes.end(), raw.begin(), raw.end());
}

}  // namespace

std::uint64_t TaskRecord::digest() const {
    std::vector<std::byte> bytes;
    append(bytes, std::span<const TaskStatus>(&status, 1));
    append(bytes, std::span<const char>(message));
    append(bytes, std::span<const std::uint32_t>(&session, 1));
    append(bytes, std::span<const std::uint32_t>(&rank, 1));
    append(bytes, std::span<const double>(&start, 1));
    append(bytes, std::span<const double>(&seconds, 1));
    append(bytes, std::span<const double>(&wait, 1));
    append(bytes, std::span<const std::uint64_t>(checksums));
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
