#include <fmt/format.h>
#include <cstdio>
#include <filesystem>

#include "sbatch.hpp"
#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/cli/job_script.hpp"
#include "sigmaflow/core/error.hpp"
#include "submission.hpp"

namespace sigmaflow {
namespace {

namespace fs = std::filesystem;

/// A line of #SBATCH: "partition=long" and "--partition=long" are the same.
std::string directive(const std::string& text) {
    if (text.empty() || text.find('\n') != std::string::npos) throw InputError("--sbatch needs one option of sbatch");
    return text.front() == '-' ? text : "--" + text;
}

Submission read_submission(const Arguments& arguments) {
    Submission out;
    out.study_path = fs::absolute(arguments.text("STUDY")).lexically_normal().string();
    out.program = fs::read_symlink("/proc/self/exe").string();
    out.ranks = arguments.integer_or("ranks", 1, 1);
    out.threads = arguments.integer_or("threads", 1, 1);
    out.parts = arguments.integer_or("parts", 1, 1);
    out.overrides = arguments.texts("set");
    for (const auto& text : arguments.texts("sbatch")) out.sbatch_options.push_back(directive(text));
    out.commands = arguments.texts("before");
    return out;
}

std::string run_path(const Submission& job) { return job.stem() + ".sbatch"; }
std::string aggregate_path(const Submission& job) { return job.stem() + "-aggregate.sbatch"; }

/// Before anything is printed or written.
void require_submittable(const Submission& job) {
    if (!on_path("sbatch")) {
        throw InputError("there is no sbatch on PATH", "jobs are submitted with SLURM",
                         "use --dry-run to see the script, or run the study here with 'sigmaflow run'");
    }
    require_replaceable_script(run_path(job));
    if (job.is_array()) require_replaceable_script(aggregate_path(job));
}

void submit(const Submission& job, const std::string& run, const std::string& aggregate) {
    write_script(run_path(job), run);
    if (job.is_array()) write_script(aggregate_path(job), aggregate);
    const std::string id = submit_script("", run_path(job));
    fmt::print("Submitted batch job {}\n", id);
    std::fflush(stdout);
    if (!job.is_array()) return;
    fmt::print("Submitted batch job {}\n", submit_script("--dependency=afterany:" + id + " ", aggregate_path(job)));
}

ExitCode run(const Arguments& arguments) {
    Submission job = read_submission(arguments);
    const StudyInputs inputs = read_inputs(job.study_path, job.overrides);
    job.output = fs::absolute(arguments.text_or("output", inputs.study.name + ".h5")).lexically_normal().string();
    if (!job.output.ends_with(".h5")) throw InputError("'" + job.output + "' does not end in .h5");
    const double seconds = arguments.has("time") ? parse_job_time(arguments.text("time")) : 0.0;
    const Prediction predicted = predict(job, inputs, seconds);
    const std::string script = run_script(job, inputs.study, predicted);
    const std::string aggregate = job.is_array() ? aggregate_script(job, inputs.study) : "";
    const bool dry = arguments.has("dry-run");
    if (!dry) require_submittable(job);
    for (const auto& doubt : doubts(job, predicted)) fmt::print(stderr, "sigmaflow: warning: {}\n", doubt);
    fmt::print("{}{}{}", script, aggregate.empty() ? "" : "\n", aggregate);
    std::fflush(stdout);
    if (!dry) submit(job, script, aggregate);
    return ExitCode::done;
}

}  // namespace

Command submit_command() {
    CommandSpec spec;
    spec.name = "submit";
    spec.summary = "write, print and submit the SLURM script of a study";
    spec.description =
        "Checks the study as 'run' would, predicts what it will take, and fills in a job script that stops in time,\n"
        "requeues itself and goes on until everything is finished. The script is written beside the result file\n"
        "(OUT.sbatch), printed and handed to sbatch. With --parts it is an array job, whose files OUT.part-I-of-N.h5\n"
        "a second job merges into OUT.summary.h5.\n\n"
        "  sigmaflow submit study.toml -o out.h5 --ranks 16 --threads 4 --dry-run\n"
        "  sigmaflow submit study.toml --ranks 64 --sbatch partition=long --sbatch nodes=4 --before 'module load "
        "openmpi'\n\n"
        "Exit codes: 0 submitted, 1 sbatch refused it, 2 bad input or no sbatch, nothing touched.";
    spec.positionals = {{"STUDY", "study file (TOML)"}};
    spec.options = {
        {"output", "OUT.h5", "result file (default: the study's name with .h5, in this folder)", 'o'},
        {"ranks", "R", "MPI ranks (default 1)"},
        {"threads", "T", "threads per rank (default 1)"},
        {"time", "HH:MM:SS",
         "time to ask for, also D-HH:MM:SS (default: 3 x the prediction + 5 minutes, at most a day)"},
        {"parts", "N", "an array job of N parts, each on R ranks, and a job that merges them"},
        {"set", "ROOM.LABEL.KEY=VALUE", "change one value of the study; may be repeated", '\0', false, true},
        {"sbatch", "NAME=VALUE", "an option of sbatch, such as partition=long; may be repeated", '\0', false, true},
        {"before", "COMMAND", "a line of shell to run first, such as 'module load openmpi'; may be repeated", '\0',
         false, true},
        {"dry-run", "", "print the script only"}};
    return {spec, run};
}

}  // namespace sigmaflow
