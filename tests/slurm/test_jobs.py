"""The job scripts on a real cluster: through `submit` and by hand, stopped by signals and by the time limit, requeued."""

import json
import signal

import pytest

from conftest import FULL, JOBS, PROGRAM, TASKS, TWO_NODES_OVER_TCP, claim, end_to_end, wait_until

long = pytest.mark.skipif(not FULL, reason="FULL=1 runs it")

DONE, USAGE, TASK_FAILED, STOPPED = 0, 2, 3, 75
SLOW = "sleep@*=0.15"  # seconds for each of the 90 tiles
RUN = JOBS / "slurm-run.sbatch"


def requeues(found):
    return int(found["Restarts"])


def test_submit_computes_what_a_local_run_does(user, local):
    """One node, srun with pmix, two ranks; everything else as submit chooses it."""
    (job,) = user.submit("--ranks", "2", "--threads", "1")
    found = user.finish(job)
    assert found["TimeLimit"] == "00:06:00" and found["NumTasks"] == "2" and found["JobName"] == "layouts"
    assert "srun --mpi=pmix" in user.log()
    (session,) = user.sessions("out.h5")
    assert session["ranks"] == 2 and session["exit_code"] == DONE and session["job"] == job
    assert user.assert_same("out.h5", local) == 0


def stop_by_signal(user, job):
    user.started("out.h5", 2)
    user.scancel("--batch", "--signal=USR1", job)


def stop_by_time(user, job):
    """SLURM itself sends USR1 as --signal says, within half a minute of that time."""


ONE_NODE = (["--ntasks=2"], {})
TWO_NODES = (["--nodes=2", "--ntasks=4"], TWO_NODES_OVER_TCP)


@pytest.mark.parametrize(
    "name, layout, stop, words, fault",
    [("signal", ONE_NODE, stop_by_signal, [], SLOW)]
    + [
        ("two-nodes", TWO_NODES, stop_by_signal, [], "sleep@*=0.4"),
        ("time-limit", ONE_NODE, stop_by_time, ["--time=1", "--signal=B:USR1@40"], "sleep@*=2.0"),
    ]
    * FULL,
)
def test_a_stopped_job_requeues_itself_and_ends_with_the_same_bits(user, local, name, layout, stop, words, fault):
    options, environment = layout
    job = user.sbatch(*options, *words, RUN, "study.toml", "out.h5", "--epoch", "1",
                      SIGMAFLOW_FAULT=fault, **environment)  # fmt: skip
    stop(user, job)
    found = user.finish(job, seconds=600)
    assert requeues(found) >= 1, user.log()
    assert "USR1: asking sigmaflow to stop" in user.log(), "not the limit that the script gives the program"
    sessions = user.sessions("out.h5")
    assert [session["exit_code"] for session in sessions] == [STOPPED] * requeues(found) + [DONE]
    assert all(session["job"] == job for session in sessions)
    differing = user.assert_same("out.h5", local)
    claim(f"slurm-{name}-requeues", requeues(found))
    claim(f"slurm-{name}-differing-bytes", differing)


@long
def test_the_nodes_of_a_two_node_job_are_two(user):
    """Ranks on both nodes, which talk over TCP alone."""
    script = user.path("nodes.sh")
    script.write_text("#!/bin/bash\nmpirun bash -c 'echo node $SLURMD_NODENAME $OMPI_COMM_WORLD_RANK'\n")
    job = user.sbatch("--nodes=2", "--ntasks=4", "--output=nodes.log", script, **TWO_NODES_OVER_TCP)
    user.finish(job)
    nodes = [line.split()[1] for line in user.log().splitlines() if line.startswith("node ")]
    assert sorted(nodes) == ["n1", "n1", "n2", "n2"]


def test_scancel_under_srun_stops_gracefully(user, local):
    """TERM reaches the ranks, which write what is finished and end with 75; the job is not requeued. Resumed by hand."""
    job = user.sbatch("--ntasks=2", RUN, "study.toml", "out.h5", "--epoch", "60", SIGMAFLOW_FAULT=SLOW, LAUNCH="srun")
    wait_until(lambda: user.path("out.h5").exists() and user.sessions("out.h5"), "the session", 60.0)
    wait_until(lambda: end_to_end.time.time() - user.path("out.h5").stat().st_mtime > 2.0, "some tiles")
    user.scancel(job)
    wait_until(lambda: "exit code 75" in user.log(), "the end of the program", 60.0)
    wait_until(lambda: user.cluster.states(job) == ["CANCELLED"], "the end of the job", 60.0)
    (session,) = user.sessions("out.h5")
    assert session["exit_code"] == STOPPED, user.log()
    finished = int((end_to_end.statuses(user.path("out.h5")) != 0).sum())
    assert 0 < finished < TASKS, "the epoch was long, so the signal brought the write about"
    assert requeues(user.cluster.job(job)) == 0
    user.sigmaflow("run", "study.toml", "-o", "out.h5", "--resume", "--quiet")
    assert user.assert_same("out.h5", local) == 0


@long
def test_term_to_the_step_alone_ends_in_75_and_goes_on(user, local):
    """scancel --signal=TERM of the step: nobody cancelled the job, so it is requeued like after any stop."""
    job = user.sbatch("--ntasks=2", RUN, "study.toml", "out.h5", "--epoch", "1", SIGMAFLOW_FAULT=SLOW, LAUNCH="srun")
    user.started("out.h5", 2)
    user.scancel("--signal=TERM", job)
    found = user.finish(job)
    assert requeues(found) == 1
    assert [session["exit_code"] for session in user.sessions("out.h5")] == [STOPPED, DONE], user.log()
    assert user.assert_same("out.h5", local) == 0


@long
def test_without_progress_no_requeue(user):
    """A single tile longer than the time that is left."""
    job = user.sbatch("--ntasks=1", "--time=1", RUN, "study.toml", "out.h5", "--epoch", "1",
                      SIGMAFLOW_FAULT="sleep@*=8", MARGIN="56")  # fmt: skip
    found = user.finish(job, STOPPED)
    assert requeues(found) == 0
    assert "nothing was finished since the start" in user.log()


def test_exit_code_3_passes_through(user):
    job = user.sbatch(RUN, "study.toml", "out.h5", SIGMAFLOW_FAULT=end_to_end.THROW)
    assert requeues(user.finish(job, TASK_FAILED)) == 0


def test_a_second_job_is_told_the_first_ones_id(user):
    """By the lock, by status and by submit."""
    first = user.sbatch(RUN, "study.toml", "out.h5", SIGMAFLOW_FAULT="sleep@*=0.1")
    user.started("out.h5")
    second = user.sbatch(RUN, "study.toml", "out.h5")
    user.finish(second, USAGE)
    assert f"job {first}, last heard of" in user.log()
    status = json.loads(user.sigmaflow("status", "out.h5", "--json").stdout)
    assert status["writer"]["job"] == first and status["sessions"][-1]["job"] == first
    assert f"job {first}" in user.sigmaflow("status", "out.h5").stdout
    refused = user.sigmaflow("submit", "study.toml", "-o", "out.h5", code=USAGE)
    assert f"job {first}" in refused.stderr and not user.path("out.sbatch").exists()
    user.finish(first)
    assert json.loads(user.sigmaflow("status", "out.h5", "--json").stdout)["writer"] is None


@long
def test_a_killed_rank_ends_the_job(user):
    """No rank waits for a dead one in a collective for the rest of the job's time."""
    job = user.sbatch("--ntasks=2", RUN, "study.toml", "out.h5", "--epoch", "1", SIGMAFLOW_FAULT="sleep@*=0.5", LAUNCH="srun")
    user.started("out.h5")
    ranks = [pid for pid in user.cluster.leftovers() if end_to_end.Job._is_rank(pid)]
    ranks = [pid for pid in ranks if end_to_end.children(pid) == [] and is_program(pid)]
    assert len(ranks) == 2
    end_to_end.os.kill(ranks[-1], signal.SIGKILL)
    found = user.cluster.wait_for(job, 60.0)
    assert found["JobState"] == "FAILED", user.log()
    user.sigmaflow("run", "study.toml", "-o", "out.h5", "--resume", "--quiet")


def is_program(pid):
    try:
        return end_to_end.os.readlink(f"/proc/{pid}/exe") == PROGRAM
    except OSError:
        return False


def test_sbatch_refuses_and_submit_says_so(user):
    refused = user.sigmaflow("submit", "study.toml", "-o", "out.h5", "--sbatch", "partition=nowhere", code=1)
    assert "invalid partition" in refused.stderr and "sbatch refused" in refused.stderr
