#include "submission.hpp"

#include <fmt/format.h>
#include <filesystem>

#include "sbatch.hpp"
#include "sigmaflow/cli/job_script.hpp"
#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/part.hpp"
#include "sigmaflow/run/progress.hpp"
#include "sigmaflow/run/result_layout.hpp"
#include "sigmaflow/store/lock.hpp"
#include "sigmaflow/store/reader.hpp"

namespace sigmaflow {
namespace {

std::vector<std::string> comments(const Submission& job, const Study& study, const Prediction& predicted) {
    const auto& cost = predicted.cost;
    std::vector<std::string> out{fmt::format("{}: study {}, {} tasks.", kSubmitMark, study.name, predicted.tasks)};
    if (job.is_array()) out.push_back(fmt::format("An array of {} parts; figures are of the longest.", job.parts));
    out.push_back(fmt::format("predicted work    {} on one core (nominal rates)", readable_seconds(cost.core_seconds)));
    out.push_back(fmt::format("on {} x {} threads  {}, efficiency {:.0f} %", job.ranks, job.threads,
                              readable_seconds(cost.makespan), 100.0 * cost.efficiency));
    out.push_back(fmt::format("memory per rank   about {}", readable_bytes(cost.memory_bytes)));
    out.push_back(
        fmt::format("time asked for    {}{}", job_time(predicted.seconds),
                    !predicted.from_plan ? ""
                    : predicted.seconds < kLongestSeconds
                        ? fmt::format(", {} x the predicted time + {}", kTimeFactor, readable_seconds(kStartSeconds))
                        : ", at most a day: the job requeues itself"));
    return out;
}

void require_usable_output(const Submission& job, const Layout& layout) {
    const auto folder = std::filesystem::path(job.output).parent_path();
    if (!std::filesystem::is_directory(folder))
        throw InputError("there is no folder '" + folder.string() + "'", {}, "create it");
    for (int part = 1; part <= job.parts; ++part) {
        const std::string file = job.part_file(part);
        const auto holder = lock_holder(file);
        if (holder && holder->alive) {
            throw InputError("'" + file + "' is in use",
                             fmt::format("process {} on {}{}", holder->pid, holder->host,
                                         holder->job_id.empty() ? "" : ", job " + holder->job_id),
                             "wait for that job or stop it");
        }
        if (!std::filesystem::exists(file)) continue;
        if (StoreReader(file).layout().study_hash != layout.study_hash) {
            throw InputError("'" + file + "' belongs to another study, or to this one before it was changed", {},
                             "name another output with -o");
        }
    }
}

}  // namespace

std::string Submission::part_file(int part) const {
    return is_array() ? fmt::format("{}.part-{}-of-{}.h5", stem(), part, parts) : output;
}

Prediction predict(const Submission& job, const StudyInputs& inputs, double seconds) {
    Prediction out;
    Plan plan = make_plan(inputs.study, inputs.catalog);
    if (static_cast<std::size_t>(job.parts) > plan.tasks.size()) {
        throw InputError(fmt::format("--parts is {}", job.parts),
                         fmt::format("the study has {} tasks, so some would be empty", plan.tasks.size()));
    }
    const Layout layout = make_layout(inputs.study, plan);
    require_usable_output(job, layout);
    out.tasks = plan.tasks.size();
    // The first part has the largest task of every round.
    const Part longest{1, job.parts};
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < plan.order.size(); ++i) {
        if (longest.holds(i)) order.push_back(plan.order[i]);
    }
    plan.order = order;
    out.cost = forecast(plan, layout, job.ranks, job.threads);
    out.from_plan = seconds == 0.0;
    out.seconds = out.from_plan ? job_seconds(out.cost.makespan) : seconds;
    return out;
}

std::vector<std::string> doubts(const Submission& job, const Prediction& predicted) {
    std::vector<std::string> out;
    const auto tasks_per_part = (predicted.tasks + job.parts - 1) / static_cast<std::size_t>(job.parts);
    if (static_cast<std::size_t>(job.ranks) > tasks_per_part) {
        out.push_back(fmt::format("{} ranks for {} tasks: {} will have nothing to do", job.ranks, tasks_per_part,
                                  static_cast<std::size_t>(job.ranks) - tasks_per_part));
    }
    if (predicted.seconds < predicted.cost.makespan) {
        out.push_back(fmt::format("the job is predicted to take {}, longer than {}: it will requeue itself",
                                  readable_seconds(predicted.cost.makespan), job_time(predicted.seconds)));
    }
    return out;
}

std::string run_script(const Submission& job, const Study& study, const Prediction& predicted) {
    JobFilling filling;
    filling.comments = comments(job, study, predicted);
    filling.directives = {{"job-name", study.name},
                          {"ntasks", fmt::to_string(job.ranks)},
                          {"cpus-per-task", fmt::to_string(job.threads)},
                          {"time", job_time(predicted.seconds)},
                          {"signal", fmt::format("B:USR1@{}", warning_seconds(predicted.seconds))}};
    if (job.is_array()) {
        filling.directives.emplace_back("output", "%x-%A_%a.log");
        filling.directives.emplace_back("array", fmt::format("1-{}", job.parts));
        filling.settings.emplace_back("PARTS", fmt::to_string(job.parts));
    }
    filling.further_directives = job.sbatch_options;
    std::string options;
    for (const auto& change : job.overrides) options += (options.empty() ? "--set " : " --set ") + shell_quoted(change);
    filling.settings.emplace_back("STUDY", shell_quoted(job.study_path));
    filling.settings.emplace_back("OUTPUT", shell_quoted(job.output));
    filling.settings.emplace_back("OPTIONS", "(" + options + ")");
    filling.settings.emplace_back("SIGMAFLOW", shell_quoted(job.program));
    filling.commands = job.commands;
    return filled_job_script(slurm_run_script(), filling);
}

std::string aggregate_script(const Submission& job, const Study& study) {
    JobFilling filling;
    filling.comments = {fmt::format("{}: merges the {} parts of study {}.", kSubmitMark, job.parts, study.name)};
    filling.directives = {{"job-name", study.name + "-aggregate"}};
    filling.further_directives = job.sbatch_options;
    filling.settings = {{"OUTPUT", shell_quoted(job.output)},
                        {"PARTS", fmt::to_string(job.parts)},
                        {"SUMMARY", shell_quoted(job.summary())},
                        {"SIGMAFLOW", shell_quoted(job.program)}};
    filling.commands = job.commands;
    return filled_job_script(slurm_aggregate_script(), filling);
}

}  // namespace sigmaflow
