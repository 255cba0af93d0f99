"""The scripts of jobs/ against stand-ins for SLURM, mpirun and the program: what they call, and what they make of answers.

tests/slurm runs the same scripts on a real cluster; here every rule is tried, quickly and without one.
"""

import os
import pathlib
import signal
import subprocess

import pytest

from conftest import wait_until

JOBS = pathlib.Path(__file__).resolve().parents[2] / "jobs"
RUN, ARRAY, AGGREGATE = JOBS / "slurm-run.sbatch", JOBS / "slurm-array.sbatch", JOBS / "slurm-aggregate.sbatch"

# Each writes its call into `calls`. The program counts what is finished in `finished`; a run puts `finished_later` there.
STANDINS = {
    "squeue": 'echo "squeue $*" >> calls; cat left',
    "scontrol": 'echo "scontrol $*" >> calls; [ "$1" != show ] || echo "   Command=$(cat command) study.toml out.h5"',
    "srun": '[ "$1" != --mpi=list ] || { cat plugins; exit; }; echo "srun $*" >> calls; while [[ $1 == -* ]]; do shift; done; exec "$@"',
    "mpirun": 'echo "mpirun $*" >> calls; while [ "$1" != "$PWD/bin/sigmaflow" ]; do shift; done; exec "$@"',
    "sigmaflow": """
case $1 in
  status) printf '{\\n "total": 8,\\n "done": %s,\\n "failed": 1,\\n "pending": %s,\\n "sessions": [\\n  {\\n   "done": 77\\n  }\\n ]\\n}\\n' "$(($(cat finished) - 1))" "$((8 - $(cat finished)))" ;;
  verify) [ -e "$2" ] ;;
  run)
    touch "$4"
    [ ! -e slow ] || { trap 'echo told; told=1' USR1; while [ -z "${told:-}" ]; do sleep 0.05; done; }
    [ ! -e finished_later ] || cp finished_later finished
    exit "$(cat code)" ;;
esac""",
}


class Bench:
    def __init__(self, folder):
        self.folder = folder
        (folder / "bin").mkdir()
        for name, body in STANDINS.items():
            (folder / "bin" / name).write_text(f"#!/usr/bin/env bash\n{body}\n")
            (folder / "bin" / name).chmod(0o755)
        self.set(code=0, finished=1, left="10:00", plugins="MPI plugin types are...\n\tpmix", command=ARRAY)
        self.environment = {
            "PATH": f"{folder}/bin:/usr/bin:/bin",
            "SIGMAFLOW": f"{folder}/bin/sigmaflow",
            "SLURM_JOB_ID": "17",
            "SLURM_CPUS_PER_TASK": "3",
        }

    def set(self, **files):
        for name, value in files.items():
            (self.folder / name).write_text(f"{value}\n")

    def start(self, script, *words, **environment):
        self.set(calls="")
        environment = {name: value for name, value in {**self.environment, **environment}.items() if value is not None}
        return subprocess.Popen(["bash", str(script), *map(str, words)], cwd=self.folder, env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip

    def run(self, script, *words, **environment):
        """Exit code and output."""
        process = self.start(script, *words, **environment)
        out, _ = process.communicate(timeout=30)
        return process.returncode, out

    def calls(self, name):
        return [line for line in (self.folder / "calls").read_text().splitlines() if line.startswith(name + " ")]

    def requeued(self):
        return [line.split()[-1] for line in self.calls("scontrol") if " requeue " in line]


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def test_the_program_is_started_to_go_on(bench):
    code, _ = bench.run(RUN, "study.toml", "out.h5", "--set", "solver.eta=[0, 1]")
    assert code == 0
    (call,) = bench.calls("srun")
    assert call.startswith(f"srun --mpi=pmix --cpus-per-task=3 {bench.folder}/bin/sigmaflow run study.toml -o out.h5")
    assert " --resume " in call and call.endswith("--set solver.eta=[0, 1]")


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_exit_codes_pass_through(bench, code):
    bench.set(code=code, finished_later=5)
    assert bench.run(RUN, "study.toml", "out.h5")[0] == code
    assert bench.requeued() == []


def test_a_stopped_job_with_progress_is_requeued(bench):
    bench.set(code=75, finished=2, finished_later=3)
    (bench.folder / "out.h5").touch()
    assert bench.run(RUN, "study.toml", "out.h5")[0] == 75
    assert bench.requeued() == ["17"]


def test_a_stopped_job_without_progress_is_not(bench):
    bench.set(code=75, finished=2)
    (bench.folder / "out.h5").touch()
    code, out = bench.run(RUN, "study.toml", "out.h5")
    assert code == 75 and "more --time" in out
    assert bench.requeued() == []


def test_without_a_file_nothing_was_finished_before(bench):
    bench.set(code=75, finished=1)
    assert bench.run(RUN, "study.toml", "out.h5")[0] == 75
    assert bench.requeued() == ["17"], "from no file to one finished task"


@pytest.mark.parametrize(
    "left, seconds",
    [
        ("1-02:03:04", 93784 - 30),
        ("12:34:56", 45296 - 30),
        ("08:09", 489 - 30),
        ("1:00", 30),
        ("0:20", 1),
        ("UNLIMITED", None),
        ("INVALID", None),
        ("NOT_SET", None),
        ("", None),
    ],
)
def test_the_time_left_becomes_the_limit(bench, left, seconds):
    bench.set(left=left)
    assert bench.run(RUN, "study.toml", "out.h5")[0] == 0
    (call,) = bench.calls("srun")
    assert bench.calls("squeue") == ["squeue -h -j 17 -o %L"]
    assert (f" --max-time {seconds} " in call + " ") if seconds else ("--max-time" not in call)


def test_mpirun_where_slurm_knows_no_pmix_or_whatever_one_wishes(bench):
    bench.set(plugins="MPI plugin types are...\n\tnone")
    assert bench.run(RUN, "study.toml", "out.h5")[0] == 0
    assert bench.calls("mpirun")[0].startswith("mpirun --map-by slot:PE=3 ")
    bench.set(plugins="\tpmix")
    assert bench.run(RUN, "study.toml", "out.h5", LAUNCH="mpirun")[0] == 0
    assert bench.calls("mpirun") and not bench.calls("srun")
    assert bench.run(RUN, "study.toml", "out.h5", LAUNCH="srun --mpi=pmi2")[0] == 0
    assert bench.calls("srun")[0].startswith(f"srun --mpi=pmi2 {bench.folder}/bin/sigmaflow run ")
    code, out = bench.run(RUN, "study.toml", "out.h5", LAUNCH="poe -n 3")
    assert code == 2 and "'poe'" in out


@pytest.mark.parametrize("number, requeued", [(signal.SIGUSR1, ["17"]), (signal.SIGTERM, [])])
def test_signals_are_passed_on(bench, number, requeued):
    """TERM means that somebody cancels the job: a requeue would bring it back."""
    bench.set(code=75, finished_later=4, slow="")
    process = bench.start(RUN, "study.toml", "out.h5")
    wait_until(lambda: bench.calls("srun") and (bench.folder / "out.h5").exists(), "the program")
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    assert "told" in out
    assert process.returncode == 75 and bench.requeued() == requeued


def test_settings_come_from_the_environment_too(bench):
    assert bench.run(RUN, STUDY="a study.toml", OUTPUT="b.h5")[0] == 0
    assert " run a study.toml -o b.h5 " in bench.calls("srun")[0]


@pytest.mark.parametrize(
    "words, environment, problem",
    [
        (["study.toml"], {}, "no output"),
        ([], {}, "no study"),
        (["study.toml", "out.h5"], {"SLURM_JOB_ID": None}, "jobs/local"),
        (["study.toml", "out.h5"], {"SIGMAFLOW": "sigmaflo"}, "'sigmaflo' is not a program"),
    ],
)
def test_refusals(bench, words, environment, problem):
    code, out = bench.run(RUN, *words, **environment)
    assert code == 2 and problem in out
    assert not bench.calls("srun")


TASK_3_OF_8 = dict(SLURM_JOB_ID="12", SLURM_ARRAY_JOB_ID="12", SLURM_ARRAY_TASK_ID="3", SLURM_ARRAY_TASK_MIN="1",
                   SLURM_ARRAY_TASK_MAX="8", SLURM_ARRAY_TASK_COUNT="8")  # fmt: skip


@pytest.mark.parametrize("script", [RUN, ARRAY])
def test_an_array_task_has_a_part_a_file_and_an_id_of_its_own(bench, script):
    """The last task of an array carries the id of the whole array."""
    bench.set(code=75, finished_later=4)
    code, _ = bench.run(script, "study.toml", "out.h5", "--epoch", "9", **TASK_3_OF_8)
    assert code == 75
    (call,) = bench.calls("srun")
    assert " -o out.part-3-of-8.h5 " in call and call.endswith("--epoch 9 --part 3/8")
    assert bench.calls("squeue") == ["squeue -h -j 12_3 -o %L"]
    assert bench.requeued() == ["12_3"]


def test_some_tasks_of_an_array_again(bench):
    some = dict(TASK_3_OF_8, SLURM_ARRAY_TASK_MIN="3", SLURM_ARRAY_TASK_COUNT="2", SLURM_ARRAY_TASK_MAX="5")
    code, out = bench.run(RUN, "study.toml", "out.h5", **some)
    assert code == 2 and "PARTS" in out
    assert bench.run(RUN, "study.toml", "out.h5", **some, PARTS="8")[0] == 0
    assert "--part 3/8" in bench.calls("srun")[0]


def test_the_array_script_finds_its_neighbour_or_says_so(bench):
    bench.set(command="/nowhere/slurm-array.sbatch")
    code, out = bench.run(ARRAY, "study.toml", "out.h5", **TASK_3_OF_8)
    assert code == 2 and "'/nowhere'" in out
    assert bench.run(ARRAY, "study.toml", "out.h5", **TASK_3_OF_8, JOBS=str(JOBS))[0] == 0


def test_the_aggregate_waits_for_nothing_but_checks_all(bench):
    (bench.folder / "out.part-1-of-2.h5").touch()
    bench.set(finished=8)
    code, out = bench.run(AGGREGATE, "out.h5", 2, "summary.h5")
    assert code == 1 and "--array=2" in out
    (bench.folder / "out.part-2-of-2.h5").touch()
    code, out = bench.run(AGGREGATE, "out.h5", 2, "summary.h5")
    assert code == 0 and "16 tasks of 2 parts are in summary.h5" in out
    bench.set(finished=7)
    code, out = bench.run(AGGREGATE, "out.h5", 2, "summary.h5")
    assert code == 1 and "part 1 has 1 unfinished tasks" in out


@pytest.mark.parametrize("words", [[], ["out.h5"], ["out.h5", "many", "summary.h5"], ["out.h5", "2"]])
def test_the_aggregate_needs_three_words(bench, words):
    assert bench.run(AGGREGATE, *words)[0] == 2


def cores():
    lines = subprocess.run(["lscpu", "-p=CORE,SOCKET"], capture_output=True, text=True).stdout.splitlines()
    return min(len({line for line in lines if not line.startswith("#")}), len(os.sched_getaffinity(0)))


@pytest.mark.parametrize("ranks, threads", [(None, None), (1, None), (1, 1), (None, 1), (64, 2)])
def test_local_binds_ranks_to_cores_while_there_are_enough(bench, ranks, threads):
    given = {} if ranks is None else {"RANKS": str(ranks)}
    given.update({} if threads is None else {"THREADS": str(threads)})
    assert bench.run(JOBS / "local", "study.toml", "-o", "out.h5", "--resume", **given)[0] == 0
    ranks = ranks or min(cores(), 4)
    threads = threads or max(cores() // ranks, 1)
    (call,) = bench.calls("mpirun")
    bound = f"--map-by slot:PE={threads} --bind-to core" if ranks * threads <= cores() else "--oversubscribe --bind-to none"
    assert call.startswith(f"mpirun -n {ranks} {bound} ")
    assert call.endswith("sigmaflow run study.toml -o out.h5 --resume")


@pytest.mark.parametrize("given", [{"RANKS": "0"}, {"THREADS": "many"}, {"SIGMAFLOW": "sigmaflo"}])
def test_local_refuses_nonsense(bench, given):
    assert bench.run(JOBS / "local", "study.toml", **given)[0] == 2
    assert not bench.calls("mpirun")
