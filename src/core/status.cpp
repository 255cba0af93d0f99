#include "sigmaflow/core/status.hpp"

namespace sigmaflow {

std::vector<std::string> particle_status_names() { return {"ok", "non_finite", "step_limit"}; }
std::vector<std::string> task_status_names() { return {"pending", "done", "failed"}; }

}  // namespace sigmaflow
