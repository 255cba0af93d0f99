"""`submit`: the script, its predicted cost and time, what it hands to sbatch (a stand-in), what it refuses.

tests/slurm submits to a real SLURM.
"""

import os
import re
import subprocess

import pytest

from conftest import DONE, FAILED, TASKS, USAGE, program

SBATCH = """#!/bin/sh
printf '%s\\n' "$*" >> calls
[ ! -e refuse ] || { echo "sbatch: error: no such partition" >&2; exit 1; }
echo "4$(wc -l < calls);cluster"
"""


@pytest.fixture
def bench(lab):
    """The lab with an sbatch on PATH that notes its calls and gives out 41, 42, ..."""
    (lab.folder / "bin").mkdir()
    lab.write("bin/sbatch", SBATCH)
    lab.path("bin/sbatch").chmod(0o755)
    lab.with_sbatch = {"PATH": f"{lab.folder}/bin:/usr/bin:/bin"}
    lab.calls = lambda: lab.path("calls").read_text().splitlines() if lab.path("calls").exists() else []
    return lab


def dry(lab, *words):
    return lab.check("submit", "study.toml", *words, "--dry-run")


def directives(script):
    return dict(re.findall(r"^#SBATCH --([a-z-]+)=(.*)$", script, re.M))


def setting(script, name):
    return re.findall(rf"^{name}=(.*)$", script, re.M)


def checked(lab, script):
    """A script that shellcheck has nothing to say about."""
    found = subprocess.run(["shellcheck", "-"], input=script, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout
    return script


def test_a_dry_run_prints_the_script_and_does_nothing(bench):
    before = bench.listing()
    script = checked(bench, dry(bench, "--ranks", 4, "--threads", 2).out)
    assert bench.listing() == before and not bench.calls()
    told = directives(script)
    assert told["job-name"] == "layouts" and told["ntasks"] == "4" and told["cpus-per-task"] == "2"
    assert told["signal"] == "B:USR1@120" and "array" not in told
    assert "#SBATCH --requeue" in script.splitlines()
    assert setting(script, "STUDY") == [f"'{bench.folder}/study.toml'"]
    assert setting(script, "OUTPUT") == [f"'{bench.folder}/layouts.h5'"]
    assert setting(script, "SIGMAFLOW") == [f"'{program()}'"]
    assert setting(script, "OPTIONS") == ["()"]


def seconds(text):
    days, _, clock = text.rpartition("-")
    hours, minutes, rest = map(int, clock.split(":"))
    return 86400 * int(days or 0) + 3600 * hours + 60 * minutes + rest


@pytest.mark.parametrize("particles, ranks", [(150, 1), (100_000, 1), (1_000_000, 4), (10**9, 2)])
def test_the_time_follows_from_the_plan(bench, particles, ranks):
    change = ["--set", f"study.particles={particles}", "--set", "study.block=65504"]
    told = bench.json("plan", "study.toml", "--ranks", ranks, "--json", *change)
    script = dry(bench, "--ranks", ranks, *change).out
    predicted = min(86400, 300 + 3 * told["makespan_seconds"])
    assert predicted <= seconds(directives(script)["time"]) < predicted + 60
    assert f"{told['tasks']} tasks" in script and f"efficiency {100 * told['efficiency']:.0f} %" in script
    assert setting(script, "OPTIONS") == [f"(--set 'study.particles={particles}' --set 'study.block=65504')"]
    assert ("requeues itself" in re.search("time asked for.*", script)[0]) == (predicted == 86400)


@pytest.mark.parametrize("time, written, warning", [("00:10:00", "00:10:00", 120), ("30:00:00", "1-06:00:00", 120),
                                                    ("2-00:00:00", "2-00:00:00", 120), ("00:01:00", "00:01:00", 20)])  # fmt: skip
def test_a_given_time_is_taken(bench, time, written, warning):
    told = directives(dry(bench, "--time", time).out)
    assert told["time"] == written and told["signal"] == f"B:USR1@{warning}"


def test_options_of_the_cluster_are_passed_on(bench):
    words = ["--sbatch", "partition=long", "--sbatch=--account=me", "--sbatch", "time=01:00:00",
             "--before", "module load openmpi", "--before", "ulimit -c 0"]  # fmt: skip
    script = checked(bench, dry(bench, *words).out)
    lines = script.splitlines()
    assert "#SBATCH --partition=long" in lines and "#SBATCH --account=me" in lines
    assert directives(script)["time"] == "01:00:00", "the last one wins, as in SLURM"
    assert lines.index("module load openmpi") + 1 == lines.index("ulimit -c 0")
    assert lines.index("ulimit -c 0") < next(i for i, line in enumerate(lines) if "command -v" in line)


def test_names_with_spaces_and_quotes_stay_one_word(bench):
    """The generated script itself is run, with srun and squeue that are not there."""
    odd = "it's $HOME.h5"
    script = dry(bench, "-o", odd, "--set", "study.particles=32").out
    bench.write("odd.sh", script)
    environment = dict(bench.environment("", {}), SLURM_JOB_ID="1", LAUNCH="srun", PATH=f"{bench.folder}/bin:/usr/bin:/bin")
    bench.write("bin/srun", '#!/bin/bash\nwhile [[ $1 == -* ]]; do shift; done; exec "$@"\n')
    bench.write("bin/squeue", "#!/bin/sh\necho UNLIMITED\n")
    for name in ("srun", "squeue"):
        bench.path(f"bin/{name}").chmod(0o755)
    done = subprocess.run(["bash", "odd.sh"], cwd=bench.folder, env=environment, capture_output=True, text=True)
    assert done.returncode == DONE, done.stdout + done.stderr
    bench.verify(odd)


def test_it_writes_prints_and_submits(bench):
    done = bench.check("submit", "study.toml", "-o", "out.h5", "--ranks", 2, env=bench.with_sbatch)
    script, _, last = done.out.rstrip("\n").rpartition("\n")
    assert last == "Submitted batch job 41"
    assert bench.calls() == [f"--parsable {bench.folder}/out.sbatch"]
    assert bench.path("out.sbatch").read_text() == script + "\n"
    bench.check("submit", "study.toml", "-o", "out.h5", "--ranks", 3, env=bench.with_sbatch)
    assert "--ntasks=3" in bench.path("out.sbatch").read_text(), "what submit wrote it may replace"


def test_an_array_with_its_aggregate(bench):
    done = bench.check("submit", "study.toml", "-o", "out.h5", "--parts", 4, env=bench.with_sbatch)
    assert re.findall(r"^Submitted batch job (\d+)$", done.out, re.M) == ["41", "42"]
    assert bench.calls() == [f"--parsable {bench.folder}/out.sbatch",
                             f"--parsable --dependency=afterany:41 {bench.folder}/out-aggregate.sbatch"]  # fmt: skip
    array = checked(bench, bench.path("out.sbatch").read_text())
    assert directives(array)["array"] == "1-4" and directives(array)["output"] == "%x-%A_%a.log"
    assert setting(array, "PARTS") == ["4"]
    merge = checked(bench, bench.path("out-aggregate.sbatch").read_text())
    assert setting(merge, "PARTS") == ["4"] and setting(merge, "SUMMARY") == [f"'{bench.folder}/out.summary.h5'"]
    assert setting(merge, "OUTPUT") == setting(array, "OUTPUT") == [f"'{bench.folder}/out.h5'"]


def test_parts_take_their_share_of_the_time(bench):
    many = ["--set", "study.particles=30000000", "--set", "study.block=8192"]
    asked = lambda *words: seconds(re.search("--time=(.*)", dry(bench, *many, *words).out)[1]) - 300
    whole, part = asked(), asked("--parts", 4)
    assert whole > 1200 and whole / 4 - 60 <= part <= whole / 4 + 120


def test_more_ranks_than_tasks_are_pointed_out(bench):
    assert f"10 will have nothing to do" in dry(bench, "--ranks", TASKS + 10).err
    assert dry(bench, "--ranks", TASKS).err == ""
    assert "will have nothing to do" in dry(bench, "--ranks", TASKS // 2, "--parts", 3).err


def test_less_time_than_predicted_is_pointed_out(bench):
    many = ["--set", "study.particles=1000000"]
    assert "it will requeue itself" in dry(bench, *many, "--time", "00:00:10").err
    assert dry(bench, *many, "--time", "00:10:00").err == ""


@pytest.mark.parametrize(
    "words, problem",
    [
        (["--time", "0"], "HH:MM:SS"),
        (["--time", "00:00:00"], "no time"),
        (["--time", "30"], "minutes"),
        (["--time", "soon"], "HH:MM:SS"),
        (["--ranks", "0"], ">= 1"),
        (["--threads", "0"], ">= 1"),
        (["--parts", str(TASKS + 1)], f"has {TASKS} tasks"),
        (["--set", "study.particles=0"], "particles"),
        (["-o", "nowhere/out.h5"], "nowhere"),
        (["-o", "out.txt"], ".h5"),
        (["--sbatch", ""], "--sbatch"),
        (["--sbatch", "a=b\necho"], "--sbatch"),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_nonsense_is_refused_and_nothing_touched(bench, words, problem, dry_run):
    before = bench.listing()
    done = bench.check("submit", "study.toml", *words, *(["--dry-run"] if dry_run else []), code=USAGE,
                       env=bench.with_sbatch)  # fmt: skip
    assert problem in done.err and done.out == ""
    assert bench.listing() == before and not bench.calls()


def test_without_sbatch_nothing_is_written(bench):
    before = bench.listing()
    done = bench.check("submit", "study.toml", code=USAGE, env={"PATH": str(bench.folder)})
    assert "no sbatch on PATH" in done.err and "--dry-run" in done.err
    assert bench.listing() == before


def test_a_refusal_of_sbatch_is_a_failure(bench):
    bench.write("refuse", "")
    done = bench.check("submit", "study.toml", code=FAILED, env=bench.with_sbatch)
    assert "no such partition" in done.err and "sbatch refused" in done.err
    bench.check("submit", "study.toml", "--parts", 2, code=FAILED, env=bench.with_sbatch)
    assert len(bench.calls()) == 2, "no aggregate without its array"


def test_files_of_others_are_left_alone(bench):
    bench.write("out.sbatch", "#!/bin/sh\nmine\n")
    done = bench.check("submit", "study.toml", "-o", "out.h5", code=USAGE, env=bench.with_sbatch)
    assert "was not written by" in done.err
    assert bench.path("out.sbatch").read_text() == "#!/bin/sh\nmine\n" and not bench.calls()


def test_a_result_of_another_study_is_found_before_the_queue(bench):
    bench.check("run", "study.toml", "-o", "out.h5", "--preview", "--quiet")
    done = bench.check("submit", "study.toml", "-o", "out.h5", code=USAGE, env=bench.with_sbatch)
    assert "belongs to another study" in done.err
    os.rename(bench.path("out.h5"), bench.path("out.part-2-of-2.h5"))
    bench.check("submit", "study.toml", "-o", "out.h5", "--parts", 2, code=USAGE, env=bench.with_sbatch)
    bench.check("submit", "study.toml", "-o", "out.h5", env=bench.with_sbatch)
