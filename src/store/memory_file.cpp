#include "memory_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace sigmaflow {
namespace {

constexpr std::uint64_t kPiece = 1 << 20;

[[noreturn]] void fail(const std::string& doing) {
    throw std::runtime_error(fmt::format("cannot {} a file in memory ({})", doing, std::strerror(errno)));
}

/// The first place from `offset` on that was written (SEEK_DATA) or was not (SEEK_HOLE); `size` when there is none.
std::uint64_t next(int descriptor, std::uint64_t offset, int what, std::uint64_t size) {
    const auto found = ::lseek(descriptor, static_cast<off_t>(offset), what);
    if (found < 0 && errno == ENXIO) return size;
    if (found < 0) fail("look through");
    return static_cast<std::uint64_t>(found);
}

/// Up to kPiece bytes from `offset` on; none at the end.
std::vector<std::byte> read_piece(int descriptor, std::uint64_t offset, std::uint64_t size) {
    std::vector<std::byte> bytes(std::min(size, kPiece));
    const auto got = ::pread(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0) fail("read");
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
}

}  // namespace

MemoryFile::MemoryFile() : descriptor_(::memfd_create("sigmaflow", MFD_CLOEXEC)) {
    if (descriptor_ < 0) fail("make");
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

void MemoryFile::stand_in_for(int descriptor) const {
    std::uint64_t offset = 0;
    for (auto bytes = read_piece(descriptor, 0, kPiece); !bytes.empty();
         bytes = read_piece(descriptor, offset, kPiece)) {
        if (::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset)) !=
            static_cast<ssize_t>(bytes.size())) {
            fail("fill");
        }
        offset += bytes.size();
    }
    if (::dup3(descriptor_, descriptor, O_CLOEXEC) < 0) fail("use");
}

std::uint64_t MemoryFile::size() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) fail("inspect");
    return static_cast<std::uint64_t>(status.st_size);
}

void MemoryFile::copy_to(const ByteFile& file) const {
    const auto end = size();
    for (auto data = next(descriptor_, 0, SEEK_DATA, end); data < end;) {
        const auto hole = next(descriptor_, data, SEEK_HOLE, end);
        while (data < hole) {
            const auto bytes = read_piece(descriptor_, data, hole - data);
            file.write(data, bytes);
            data += bytes.size();
        }
        data = next(descriptor_, hole, SEEK_DATA, end);
    }
}

}  // namespace sigmaflow
