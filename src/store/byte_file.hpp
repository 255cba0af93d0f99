#pragma once
// A file as bytes: exact reads and writes at offsets. Rows and records are contiguous in the file, so everything that
// changes while a job runs is read this way, past every cache of HDF5.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sigmaflow {

/// A contiguous run of bytes in a file.
struct Extent {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

class ByteFile {
  public:
    enum class Mode { read, write, create };  ///< create: empties a file that is there

    /// InputError when the file cannot be opened or created, or is none: a folder, a pipe, a device.
    ByteFile(const std::string& path, Mode mode);
    ~ByteFile();
    ByteFile(ByteFile&& other) noexcept;
    ByteFile(const ByteFile&) = delete;
    ByteFile& operator=(const ByteFile&) = delete;
    ByteFile& operator=(ByteFile&&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::uint64_t size() const;
    /// std::runtime_error when the file ends early.
    void read(std::uint64_t offset, std::span<std::byte> out) const;
    [[nodiscard]] std::vector<std::byte> read(std::uint64_t offset, std::uint64_t size) const;
    void write(std::uint64_t offset, std::span<const std::byte> bytes) const;
    /// Cuts it or adds a hole.
    void resize(std::uint64_t size) const;
    void sync() const;
    /// Forgets cached pages of a range: the next read asks the file system.
    void forget(std::uint64_t offset, std::uint64_t size) const;

    /// Gives every byte of the extents a place on the disk; std::runtime_error when there is too little space.
    void reserve(std::span<const Extent> extents) const;
    /// Of the `needed` bytes of the file those that have no place on the disk yet and for which there is no space: 0
    /// when they were reserved.
    [[nodiscard]] std::uint64_t missing_space(std::uint64_t needed) const;

  private:
    std::string path_;
    int descriptor_ = -1;
};

/// Makes a rename or a removal in the folder of `path` durable.
void sync_folder(const std::string& path);

}  // namespace sigmaflow
