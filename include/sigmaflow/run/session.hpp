#pragma once
/// \file
/// The command `run`: a study in, a result file out, on all ranks of MPI_COMM_WORLD.

#include <string>
#include <vector>

#include "sigmaflow/core/part.hpp"
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
    bool ignore_limits = false;           ///< start although memory or disk seem too small
    std::vector<std::string> reuse = {};  ///< result files whose finished tasks are taken over
    Part part = {};                       ///< of the tasks: for studies that are cut into several files
    int threads = 0;                      ///< 0: as the environment says
    double max_seconds = 0.0;             ///< 0: no limit
    double epoch_seconds = 5.0;
    double patience = 600.0;  ///< seconds that a rank waits for others before it ends the job; 0: for ever
};

/// Runs a study. Problems of the input are printed by one rank and end all ranks with ExitCode::usage, nothing touched.
[[nodiscard]] ExitCode run_study(const RunOptions& options);

}  // namespace sigmaflow
