#pragma once
// A result file opened by all ranks: collective writes of boxes of datasets.

#include <mpi.h>

#include <map>
#include <span>
#include <string>
#include <vector>

#include "hdf5.hpp"
#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// A box of a dataset, contiguous in the file.
struct Box {
    std::vector<hsize_t> start;
    std::vector<hsize_t> count;
};

/// Collects what one rank writes into one dataset; boxes in the order of the file.
struct Selection {
    std::vector<Box> boxes;
    std::vector<std::byte> bytes;

    void add(Box box, std::span<const std::byte> data);
};

class CollectiveFile {
  public:
    CollectiveFile(const std::string& path, MPI_Comm comm);

    /// Collective: every rank names the same dataset; an empty selection takes part.
    void write(const std::string& dataset, const Selection& selection);
    /// Collective: on return everything written before is on the disk, from every rank.
    void flush();
    /// Collective when the dataset was not used before.
    [[nodiscard]] std::uint64_t offset_of(const std::string& dataset);

    [[nodiscard]] std::uint64_t independent_writes() const { return independent_writes_; }

  private:
    const hdf5::Handle& opened(const std::string& dataset);

    hdf5::Handle file_;
    hdf5::Handle transfer_;
    std::map<std::string, hdf5::Handle> datasets_;
    std::uint64_t independent_writes_ = 0;
};

}  // namespace sigmaflow
