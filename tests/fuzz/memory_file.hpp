#pragma once
// One file for all inputs of a target: what is fuzzed opens files by name. It lies in TMPDIR, which tests/fuzz/run puts
// into memory and removes.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

namespace sigmaflow::fuzz {

class MemoryFile {
  public:
    MemoryFile() {
        const char* folder = std::getenv("TMPDIR");
        path_ = std::string(folder == nullptr ? "/dev/shm" : folder) + "/sigmaflow-fuzz-XXXXXX";
        descriptor_ = ::mkstemp(path_.data());
        if (descriptor_ < 0) std::abort();
    }
    ~MemoryFile() {
        ::close(descriptor_);
        ::unlink(path_.c_str());
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

    /// The bytes, and no others, are the contents of the file.
    void fill(std::span<const std::byte> bytes) const {
        if (::pwrite(descriptor_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()) ||
            ::ftruncate(descriptor_, static_cast<off_t>(bytes.size())) != 0) {
            std::abort();
        }
    }

  private:
    std::string path_;
    int descriptor_ = -1;
};

}  // namespace sigmaflow::fuzz
