#pragma once
// The statistics of one group of points in a summary file.

#include <cstddef>

#include "hdf5.hpp"
#include "parts.hpp"

namespace sigmaflow {

/// Writes group `index` of the parts' layout into a group of the same name under `parent`.
void write_group_summary(const Parts& parts, std::size_t index, hid_t parent);

}  // namespace sigmaflow
