#pragma once
/// \file
/// SLURM scripts for one study, made from the scripts of jobs/, which are part of the program as text.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sigmaflow {

/// The text of jobs/slurm-run.sbatch and jobs/slurm-aggregate.sbatch.
[[nodiscard]] std::string_view slurm_run_script();
[[nodiscard]] std::string_view slurm_aggregate_script();

/// What a script shall say instead of what it says.
struct JobFilling {
    std::vector<std::string> comments;                            ///< lines that replace those at the top
    std::vector<std::pair<std::string, std::string>> directives;  ///< #SBATCH --NAME=VALUE, replaced or added
    std::vector<std::string> further_directives;                ///< added last, as they are: the last one wins in SLURM
    std::vector<std::pair<std::string, std::string>> settings;  ///< NAME=VALUE of shell, quoted already; must be there
    std::vector<std::string> commands;                          ///< lines of shell after the settings
};

/// The script with its top comments, directives and settings replaced; everything else as it is. std::logic_error if it
/// has no such setting.
[[nodiscard]] std::string filled_job_script(std::string_view script, const JobFilling& filling);

/// A word of shell that stands for `text`, whatever is in it.
[[nodiscard]] std::string shell_quoted(const std::string& text);

/// "HH:MM:SS" or "D-HH:MM:SS", in seconds. Nothing shorter, where SLURM and this program differ about the unit:
/// InputError.
[[nodiscard]] double parse_job_time(const std::string& text);
/// As SLURM reads it; fractions of a second are rounded up.
[[nodiscard]] std::string job_time(double seconds);

/// The time to ask for where none is given: kTimeFactor times the predicted seconds and kStartSeconds, in whole
/// minutes, at most kLongestSeconds (the job requeues itself).
[[nodiscard]] double job_seconds(double predicted_seconds);
inline constexpr double kTimeFactor = 3.0;
inline constexpr double kStartSeconds = 300.0;
inline constexpr double kLongestSeconds = 86400.0;

/// How long before its end a job of `seconds` wants to be told: two minutes, or a third of a short job.
[[nodiscard]] int warning_seconds(double seconds);

}  // namespace sigmaflow
