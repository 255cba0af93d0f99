#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/cli/job_script.hpp"
#include "sigmaflow/core/error.hpp"
#include "sigmaflow/run/forecast.hpp"
#include "sigmaflow/run/inputs.hpp"
#include "sigmaflow/run/progress.hpp"
#include "sigmaflow/run/result_layout.hpp"
#include "sigmaflow/store/lock.hpp"
#include "sigmaflow/store/reader.hpp"

namespace sigmaflow {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark = "Written by 'sigmaflow submit'";

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
    [[nodiscard]] std::string stem() const { return fs::path(output).replace_extension().string(); }
    [[nodiscard]] std::string summary() const { return stem() + ".summary.h5"; }
    /// The result file of a part, as slurm-run.sbatch names it.
    [[nodiscard]] std::string part_file(int part) const {
        return is_array() ? fmt::format("{}.part-{}-of-{}.h5", stem(), part, parts) : output;
    }
};

struct Prediction {
    std::size_t tasks = 0;
    Forecast cost;         ///< of the job, or of the longest array task
    double seconds = 0.0;  ///< to ask for
    bool from_plan = true;
};

/// A line of #SBATCH: "partition=long" and "--partition=long" are the same.
std::string directive(const std::string& text) {
    if (text.empty() || text.find('\n') != std::string::npos) throw InputError("--sbatch needs one option of sbatch");
    return text.front() == '-' ? text : "--" + text;
}

/// A job would find out only when it starts, maybe after hours in the queue.
void require_usable_output(const Submission& job, const Layout& layout) {
    const auto folder = fs::path(job.output).parent_path();
    if (!fs::is_directory(folder)) throw InputError("there is no folder '" + folder.string() + "'", {}, "create it");
    for (int part = 1; part <= job.parts; ++part) {
        const std::string file = job.part_file(part);
        const auto holder = lock_holder(file);
        if (holder && holder->alive) {
            throw InputError("'" + file + "' is in use",
                             fmt::format("process {} on {}{}", holder->pid, holder->host,
                                         holder->job_id.empty() ? "" : ", job " + holder->job_id),
                             "wait for that job or stop it");
        }
        if (!fs::exists(file)) continue;
        if (StoreReader(file).layout().study_hash != layout.study_hash) {
            throw InputError("'" + file + "' belongs to another study, or to this one before it was changed", {},
                             "name another output with -o");
        }
    }
}

Prediction predict(const Submission& job, const StudyInputs& inputs, const Arguments& arguments) {
    Prediction out;
    Plan plan = make_plan(inputs.study, inputs.catalog);
    const Layout layout = make_layout(inputs.study, plan);
    require_usable_output(job, layout);
    out.tasks = plan.tasks.size();
    // The first part has the largest task of every round.
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < plan.order.size(); i += static_cast<std::size_t>(job.parts)) {
        order.push_back(plan.order[i]);
    }
    plan.order = order;
    out.cost = forecast(plan, layout, job.ranks, job.threads);
    out.from_plan = !arguments.has("time");
    out.seconds = out.from_plan ? job_seconds(out.cost.makespan) : parse_job_time(arguments.text("time"));
    return out;
}

std::vector<std::string> comments(const Submission& job, const Study& study, const Prediction& predicted) {
    const auto& cost = predicted.cost;
    std::vector<std::string> out{fmt::format("{}: study {}, {} tasks.", kMark, study.name, predicted.tasks)};
    if (job.is_array()) out.push_back(fmt::format("An array of {} parts; figures are of the longest.", job.parts));
    out.push_back(fmt::format("predicted work    {} on one core (nominal rates)", readable_seconds(cost.core_seconds)));
    out.push_back(fmt::format("on {} x {} threads  {}, efficiency {:.0f} %", job.ranks, job.threads,
                              readable_seconds(cost.makespan), 100.0 * cost.efficiency));
    out.push_back(fmt::format("memory per rank   about {:.0f} MB", static_cast<double>(cost.memory_bytes) / 1e6 + 0.5));
    out.push_back(
        fmt::format("time asked for    {}{}", job_time(predicted.seconds),
                    !predicted.from_plan ? ""
                    : predicted.seconds < kLongestSeconds
                        ? fmt::format(", {} x the predicted time + {}", kTimeFactor, readable_seconds(kStartSeconds))
                        : ", at most a day: the job requeues itself"));
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
    filling.comments = {fmt::format("{}: merges the {} parts of study {}.", kMark, job.parts, study.name)};
    filling.directives = {{"job-name", study.name + "-aggregate"}};
    filling.further_directives = job.sbatch_options;
    filling.settings = {{"OUTPUT", shell_quoted(job.output)},
                        {"PARTS", fmt::to_string(job.parts)},
                        {"SUMMARY", shell_quoted(job.summary())},
                        {"SIGMAFLOW", shell_quoted(job.program)}};
    filling.commands = job.commands;
    return filled_job_script(slurm_aggregate_script(), filling);
}

void warn(const std::string& message) { fmt::print(stderr, "sigmaflow: warning: {}\n", message); }

void warn_about(const Submission& job, const Prediction& predicted) {
    const auto tasks_per_part = (predicted.tasks + job.parts - 1) / static_cast<std::size_t>(job.parts);
    if (static_cast<std::size_t>(job.ranks) > tasks_per_part) {
        warn(fmt::format("{} ranks for {} tasks: {} will have nothing to do", job.ranks, tasks_per_part,
                         static_cast<std::size_t>(job.ranks) - tasks_per_part));
    }
    if (predicted.seconds < predicted.cost.makespan) {
        warn(fmt::format("the job is predicted to take {}, longer than {}: it will requeue itself",
                         readable_seconds(predicted.cost.makespan), job_time(predicted.seconds)));
    }
}

/// Refuses to replace what it has not written.
void require_ours(const std::string& path) {
    std::ifstream file(path);
    if (!file) return;
    std::string first;
    std::string second;
    std::getline(file, first);
    std::getline(file, second);
    if (second.find(kMark) == std::string::npos) {
        throw InputError("'" + path + "' is already there", "it was not written by 'sigmaflow submit'",
                         "name another output with -o, or use --dry-run > FILE");
    }
}

void write_script(const std::string& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    file.close();
    if (!file) throw std::runtime_error("cannot write '" + path + "'");
    fs::permissions(path, fs::perms::owner_exec, fs::perm_options::add);
}

bool on_path(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (::access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
    }
    return false;
}

/// Hands a script to SLURM; the id of its job.
std::string sbatch(const std::string& options, const std::string& script) {
    const std::string command = "sbatch --parsable " + options + shell_quoted(script);
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"),
                                                     [](FILE* file) { return file == nullptr ? 0 : ::pclose(file); });
    if (pipe == nullptr) throw std::runtime_error("sbatch could not be started");
    std::array<char, 256> piece{};
    std::string answer;
    while (std::fgets(piece.data(), static_cast<int>(piece.size()), pipe.get()) != nullptr) answer += piece.data();
    // "17", or "17;cluster"; nothing when sbatch has refused, which it has explained itself.
    answer.erase(std::min(answer.find_first_not_of("0123456789"), answer.size()));
    if (answer.empty()) throw std::runtime_error("sbatch refused '" + script + "', see above");
    fmt::print("Submitted batch job {}\n", answer);
    std::fflush(stdout);
    return answer;
}

void submit(const Submission& job, const std::string& run, const std::string& aggregate) {
    const std::string run_path = job.stem() + ".sbatch";
    const std::string aggregate_path = job.stem() + "-aggregate.sbatch";
    require_ours(run_path);
    if (job.is_array()) require_ours(aggregate_path);
    write_script(run_path, run);
    if (job.is_array()) write_script(aggregate_path, aggregate);
    const std::string id = sbatch("", run_path);
    if (job.is_array()) (void)sbatch("--dependency=afterany:" + id + " ", aggregate_path);
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

ExitCode run(const Arguments& arguments) {
    Submission job = read_submission(arguments);
    const StudyInputs inputs = read_inputs(job.study_path, job.overrides);
    job.output = fs::absolute(arguments.text_or("output", inputs.study.name + ".h5")).lexically_normal().string();
    if (!job.output.ends_with(".h5")) throw InputError("'" + job.output + "' does not end in .h5");
    const Prediction predicted = predict(job, inputs, arguments);
    if (static_cast<std::size_t>(job.parts) > predicted.tasks) {
        throw InputError(fmt::format("--parts is {}", job.parts),
                         fmt::format("the study has {} tasks, so some would be empty", predicted.tasks));
    }
    const std::string script = run_script(job, inputs.study, predicted);
    const std::string aggregate = job.is_array() ? aggregate_script(job, inputs.study) : "";
    const bool dry = arguments.has("dry-run");
    if (!dry && !on_path("sbatch")) {
        throw InputError("there is no sbatch on PATH", "jobs are submitted with SLURM",
                         "use --dry-run to see the script, or run it here with 'sigmaflow run'");
    }
    warn_about(job, predicted);
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
