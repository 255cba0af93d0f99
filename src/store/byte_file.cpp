#include "byte_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/input_file.hpp"

namespace sigmaflow {
namespace {

int flags_of(ByteFile::Mode mode) {
    switch (mode) {
        case ByteFile::Mode::read: return O_RDONLY;
        case ByteFile::Mode::write: return O_RDWR;
        case ByteFile::Mode::create: return O_RDWR | O_CREAT | O_TRUNC;
    }
    throw std::logic_error("unknown mode of a file");
}

[[noreturn]] void fail(const std::string& doing, const std::string& path) {
    throw std::runtime_error(fmt::format("cannot {} '{}' ({})", doing, path, std::strerror(errno)));
}

}  // namespace

ByteFile::ByteFile(const std::string& path, Mode mode) : path_(path) {
    // Without O_NONBLOCK, opening a pipe would wait for its other end. Files take no notice of it.
    constexpr mode_t kUpToUmask = 0666;
    descriptor_ = ::open(path.c_str(), flags_of(mode) | O_NONBLOCK | O_CLOEXEC, kUpToUmask);
    if (descriptor_ < 0) {
        throw InputError((mode == Mode::create ? "cannot create '" : "cannot open '") + path + "'",
                         std::strerror(errno));
    }
    const std::string kind = irregular_kind(descriptor_);
    if (kind.empty()) return;
    ::close(descriptor_);
    throw InputError("cannot use '" + path + "'", "it is " + kind + ", not a file");
}

ByteFile::~ByteFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

ByteFile::ByteFile(ByteFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

std::uint64_t ByteFile::size() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) fail("inspect", path_);
    return static_cast<std::uint64_t>(status.st_size);
}

void ByteFile::read(std::uint64_t offset, std::span<std::byte> out) const {
    std::size_t done = 0;
    while (done < out.size()) {
        const auto got = ::pread(descriptor_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("read", path_);
        if (got == 0) throw std::runtime_error(fmt::format("'{}' ends at byte {}", path_, offset + done));
        done += static_cast<std::size_t>(got);
    }
}

std::vector<std::byte> ByteFile::read(std::uint64_t offset, std::uint64_t size) const {
    std::vector<std::byte> bytes(size);
    read(offset, bytes);
    return bytes;
}

void ByteFile::write(std::uint64_t offset, std::span<const std::byte> bytes) const {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto put =
            ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) fail("write", path_);
        done += static_cast<std::size_t>(put);
    }
}

void ByteFile::resize(std::uint64_t size) const {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) fail("resize", path_);
}

void ByteFile::sync() const {
    if (::fsync(descriptor_) != 0) fail("flush", path_);
}

void ByteFile::forget(std::uint64_t offset, std::uint64_t size) const {
    ::posix_fadvise(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(size), POSIX_FADV_DONTNEED);
}

void ByteFile::reserve(std::span<const Extent> extents) const {
    std::uint64_t needed = 0;
    for (const auto& extent : extents) needed += extent.size;
    for (const auto& extent : extents) {
        if (extent.size == 0) continue;
        const auto offset = static_cast<off_t>(extent.offset);
        while (::fallocate(descriptor_, 0, offset, static_cast<off_t>(extent.size)) != 0) {
            if (errno == EINTR) continue;
            // Some network file systems cannot reserve; there the free space is looked at before every write instead.
            if (errno != EOPNOTSUPP && errno != ENOSYS) fail(fmt::format("reserve {} bytes for", needed), path_);
            if (missing_space(needed) == 0) return;
            errno = ENOSPC;
            fail(fmt::format("find {} bytes for", needed), path_);
        }
    }
}

std::uint64_t ByteFile::missing_space(std::uint64_t needed) const {
    struct stat status {};
    struct statvfs disk {};
    if (::fstat(descriptor_, &status) != 0 || ::fstatvfs(descriptor_, &disk) != 0) fail("inspect", path_);
    constexpr std::uint64_t kStatBlock = 512;  // the unit of st_blocks on Linux
    const auto placed = static_cast<std::uint64_t>(status.st_blocks) * kStatBlock;
    const auto unplaced = needed > placed ? needed - placed : 0;
    const auto free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
    return unplaced > free ? unplaced - free : 0;
}

void sync_folder(const std::string& path) {
    auto folder = std::filesystem::path(path).parent_path();
    if (folder.empty()) folder = ".";
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);  // not every file system can: the rename itself is done either way
    ::close(descriptor);
}

}  // namespace sigmaflow
