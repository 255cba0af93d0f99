#pragma once
/// \file
/// Handing scripts to SLURM.

#include <string>

namespace sigmaflow {

/// The scripts that `submit` has written carry it in their second line.
inline constexpr const char* kSubmitMark = "Written by 'sigmaflow submit'";

/// InputError if `path` is a file that does not carry the mark.
void require_replaceable_script(const std::string& path);
void write_script(const std::string& path, const std::string& text);

/// Whether a program can be called by its name.
[[nodiscard]] bool on_path(const std::string& program);
/// Submits a script; the id of the job. What sbatch complains of goes to standard error; std::runtime_error then.
[[nodiscard]] std::string submit_script(const std::string& options, const std::string& script);

}  // namespace sigmaflow
