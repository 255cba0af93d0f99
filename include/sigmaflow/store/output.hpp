#pragma once
/// \file
/// What a new file may take the place of. A slip of the pen in -o must not cost a study, a table of points or a device.

#include <string>

namespace sigmaflow {

/// Whether anything is at `path`, be it a link that leads nowhere.
[[nodiscard]] bool is_occupied(const std::string& path);

/// InputError unless `path` is free, or holds an empty file or a result file, damaged or not.
void require_replaceable_by_result(const std::string& path);

/// InputError unless `path` is free, or holds an empty file or an HDF5 file that is no result.
void require_replaceable_by_summary(const std::string& path);

}  // namespace sigmaflow
