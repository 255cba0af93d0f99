#pragma once
// Groups, datasets and attributes of a result file that is being created.

#include <vector>

#include "file_header.hpp"
#include "hdf5.hpp"
#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// Writes everything of `layout` into an empty file and returns the ranges that a run may change, in file order.
[[nodiscard]] std::vector<MutableRange> write_metadata(hid_t file, const Layout& layout);

/// Writes the table of ranges; returns its offset in the file.
std::uint64_t write_ranges(hid_t file, const std::vector<MutableRange>& ranges);

}  // namespace sigmaflow
