#pragma once
// A file in memory that has a path: what is fuzzed opens files by name.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

namespace sigmaflow::fuzz {

class MemoryFile {
  public:
    explicit MemoryFile(const char* name) : descriptor_(::memfd_create(name, MFD_CLOEXEC)) {
        if (descriptor_ < 0) std::abort();
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

    /// The bytes, and no others, are the contents of the file.
    void fill(std::span<const std::byte> bytes) const {
        if (::ftruncate(descriptor_, 0) != 0) std::abort();
        put(0, bytes);
    }
    void put(std::uint64_t offset, std::span<const std::byte> bytes) const {
        if (::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset)) !=
            static_cast<ssize_t>(bytes.size())) {
            std::abort();
        }
    }
    void resize(std::uint64_t size) const {
        if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) std::abort();
    }

  private:
    int descriptor_;
};

}  // namespace sigmaflow::fuzz
