#pragma once
// A file without a disk. HDF5 builds its files here: when one of its writes fails it can neither close the file nor let
// the program end (version 1.10 crashes at exit), so a full disk must not reach it. Only bytes that were written take
// memory.

#include <cstdint>

#include "byte_file.hpp"

namespace sigmaflow {

class MemoryFile {
  public:
    /// std::runtime_error when the system has no such files.
    MemoryFile();
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    /// Takes the place of the open file `descriptor`, of whose bytes it gets a copy: whoever reads and writes there
    /// does it here from now on, and knows nothing.
    void stand_in_for(int descriptor) const;
    [[nodiscard]] std::uint64_t size() const;
    /// Writes every byte that was written here to the same place of `file`; what lies between is left as it is there.
    void copy_to(const ByteFile& file) const;

  private:
    int descriptor_ = -1;
};

}  // namespace sigmaflow
