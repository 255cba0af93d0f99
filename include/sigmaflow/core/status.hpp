#pragma once
/// \file
/// What became of a particle and of a task. The numbers are part of the result format: never renumber.

#include <cstdint>
#include <string>
#include <vector>

namespace sigmaflow {

enum class ParticleStatus : std::uint8_t { ok = 0, non_finite = 1, step_limit = 2 };
enum class TaskStatus : std::uint8_t { pending = 0, done = 1, failed = 2 };

/// Names in the order of their numbers, for flag_meanings.
[[nodiscard]] std::vector<std::string> particle_status_names();
[[nodiscard]] std::vector<std::string> task_status_names();

/// Process exit codes; `stopped` wins over `task_failed`.
enum class ExitCode : int { done = 0, failed = 1, usage = 2, task_failed = 3, stopped = 75 };

}  // namespace sigmaflow
