#pragma once
// The records of analyses of one shape in a summary file.

#include <cstddef>

#include "hdf5.hpp"
#include "parts.hpp"

namespace sigmaflow {

/// Carries group `index` of the parts' layout over into a group of the same name under `parent`: every field with all
/// its parts, NaN or -1 in parts that are not done, and `done` which says which are. No statistics.
void write_analysis_summary(const Parts& parts, std::size_t index, hid_t parent);

}  // namespace sigmaflow
