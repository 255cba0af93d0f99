#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/core/error.hpp"
#include "sigmaflow/run/session.hpp"

namespace sigmaflow {

Command run_command() {
    CommandSpec spec;
    spec.name = "run";
    spec.summary = "run a study into one HDF5 result file, alone or under mpirun or srun";
    spec.description =
        "Every point of the study's sweep is cut into tasks, which all ranks and threads share. The result file is\n"
        "complete from the first moment and every finished task is safe after its epoch: a run that was stopped or\n"
        "killed goes on with --resume, on any number of ranks and threads, to the same bits.\n\n"
        "  sigmaflow run study.toml -o out.h5\n"
        "  mpirun -n 4 sigmaflow run study.toml -o out.h5 --threads 2 --max-time 01:00:00\n"
        "  sigmaflow run study.toml -o out.h5 --resume\n"
        "  sigmaflow run grown.toml -o grown.h5 --reuse out.h5   # computes only what is new, to the same bits\n"
        "  sigmaflow run study.toml -o part2.h5 --part 2/8       # then 'sigmaflow aggregate part*.h5'\n\n"
        "Signals USR1 and USR2 (TERM and INT too, alone or under srun) stop it gracefully.\n"
        "Exit codes: 0 done, 2 bad input and nothing touched, 3 done but a task failed, 75 stopped: resume.";
    spec.positionals = {{"STUDY", "study file (TOML)"}};
    spec.options = {
        {"output", "OUT.h5", "result file (default: the study's name with .h5, in this folder)", 'o'},
        {"resume", "", "go on with OUT.h5 if it is there, start it otherwise"},
        {"retry-failed", "", "with --resume: compute failed tasks again"},
        {"overwrite", "", "replace the result file OUT.h5 if it is there"},
        {"reuse", "OLD.h5", "take finished points and particles over from that file; may be repeated", '\0', false,
         true},
        {"set", "ROOM.LABEL.KEY=VALUE", "change one value of the study; may be repeated", '\0', false, true},
        {"threads", "N", "threads per rank (default: OMP_NUM_THREADS, else the cores of the affinity mask)"},
        {"max-time", "HH:MM:SS", "stop in time to have everything written by then, counted from the start"},
        {"epoch", "SECONDS", "time between collective writes (default 5)"},
        {"patience", "SECONDS",
         "end the job, naming the ranks that hang, when others waited so long (default 600; 0: never)"},
        {"part", "I/N", "only every N-th task, the I-th in turn: a share of the study with a file of its own"},
        {"preview", "", "1 % of the particles and samples: a first look"},
        {"ignore-limits", "", "start although memory or disk seem too small"},
        {"quiet", "", "no progress and no closing messages"}};
    return {spec, [](const Arguments& arguments) {
                RunOptions options;
                options.study = arguments.text("STUDY");
                options.overrides = arguments.texts("set");
                options.resume = arguments.has("resume");
                options.retry_failed = arguments.has("retry-failed");
                options.overwrite = arguments.has("overwrite");
                options.preview = arguments.has("preview");
                options.ignore_limits = arguments.has("ignore-limits");
                options.quiet = arguments.has("quiet");
                options.threads = arguments.integer_or("threads", 0, 1);
                options.epoch_seconds = arguments.real_or("epoch", options.epoch_seconds, 0.0);
                options.patience = arguments.real_or("patience", options.patience, 0.0);
                if (arguments.has("max-time")) options.max_seconds = parse_duration(arguments.text("max-time"));
                options.reuse = arguments.texts("reuse");
                if (arguments.has("part")) options.part = parse_part(arguments.text("part"));
                options.output = arguments.text_or("output", "");
                if (options.resume && options.overwrite) {
                    throw InputError("--resume and --overwrite exclude each other");
                }
                return run_study(options);
            }};
}

}  // namespace sigmaflow
