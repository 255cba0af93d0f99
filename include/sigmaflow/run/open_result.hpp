#pragma once
/// \file
/// Deciding what to do with the output file before a run: create, replace, resume, refuse. Serial, on rank 0.

#include <cstdint>
#include <vector>

#include "sigmaflow/run/session.hpp"
#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// Creates the file, or checks that an existing one can be resumed: verified, same study, same numerics. Returns the
/// status of every task. InputError says what stands against it; nothing is touched then.
[[nodiscard]] std::vector<TaskStatus> open_result(const RunOptions& options, const Layout& layout);

}  // namespace sigmaflow
