#pragma once
/// \file
/// The command `run`: a study in, a result file out, on all ranks of MPI_COMM_WORLD.

#include <string>
#include <vector>

#include "sigmaflow/core/status.hpp"

namespace sigmaflow {

struct RunOptions {
    std::string study;
    std::string output;
    std::vector<std::string> overrides;
    bool resume = false;
    bool retry_failed = false;
    bool overwrite = false;
    bool preview = false;
    bool quiet = false;
    int threads = 0;           ///< 0: as the environment says
    double max_seconds = 0.0;  ///< 0: no limit
    double epoch_seconds = 5.0;
};

/// Runs a study. Problems of the input are printed by one rank and end all ranks with ExitCode::usage, nothing touched.
[[nodiscard]] ExitCode run_study(const RunOptions& options);

}  // namespace sigmaflow
