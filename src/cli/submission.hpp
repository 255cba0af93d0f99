#pragma once
/// \file
/// What `sigmaflow submit` was asked for, what the plan says of it, and the scripts that follow from both.

#include <string>
#include <vector>

#include "sigmaflow/run/forecast.hpp"
#include "sigmaflow/run/inputs.hpp"

namespace sigmaflow {

/// What is asked for, checked, with absolute paths.
struct Submission {
    std::string study_path;
    std::string output;
    std::string program;
    int ranks = 1;
    int threads = 1;
    int parts = 1;  ///< of an array job; 1 for a job that runs the whole study
    std::vector<std::string> overrides;
    std::vector<std::string> sbatch_options;
    std::vector<std::string> commands;

    [[nodiscard]] bool is_array() const { return parts > 1; }
    /// The output without ".h5".
    [[nodiscard]] std::string stem() const { return output.substr(0, output.size() - 3); }
    [[nodiscard]] std::string summary() const { return stem() + ".summary.h5"; }
    /// The result file of a part, as slurm-run.sbatch names it.
    [[nodiscard]] std::string part_file(int part) const;
};

struct Prediction {
    std::size_t tasks = 0;
    Forecast cost;         ///< of the job, or of the longest array task
    double seconds = 0.0;  ///< to ask for
    bool from_plan = true;
};

/// The plan's forecast for the job, with `seconds` as given or, if 0, as job_seconds() chooses. InputError for what a
/// job would find out only when it starts, maybe after hours in the queue: parts without tasks, a result whose folder
/// is missing, that is in use or belongs to another study.
[[nodiscard]] Prediction predict(const Submission& job, const StudyInputs& inputs, double seconds);
/// What is not wrong but can hardly be meant.
[[nodiscard]] std::vector<std::string> doubts(const Submission& job, const Prediction& predicted);

[[nodiscard]] std::string run_script(const Submission& job, const Study& study, const Prediction& predicted);
[[nodiscard]] std::string aggregate_script(const Submission& job, const Study& study);

}  // namespace sigmaflow
