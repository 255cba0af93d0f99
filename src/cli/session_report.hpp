#pragma once
/// \file
/// What `status` says of the jobs that have worked on a result file.

#include "sigmaflow/cli/json.hpp"
#include "sigmaflow/store/reader.hpp"

namespace sigmaflow {

/// The job that writes the file now, by its lock: host, pid, job, heartbeat_seconds (since it was last heard of); null
/// if there is none.
[[nodiscard]] Json writer_json(const std::string& path);
/// Every start of the program on the file. `end` and `exit_code` are null while it runs, or if it was killed.
[[nodiscard]] Json sessions_json(const StoreReader& reader);
/// The same two in a few lines.
void print_sessions(const StoreReader& reader);

}  // namespace sigmaflow
