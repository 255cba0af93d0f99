"""A study cut into the tasks of an array job, merged by a job that depends on it."""

import h5py
import numpy

from conftest import JOBS, claim, end_to_end

PARTS = 3


def summary_bytes(path):
    """Every dataset of a summary but the seconds that the blocks took, which no two runs share."""
    out = {}
    with h5py.File(path, "r") as file:

        def note(name, thing):
            if isinstance(thing, h5py.Dataset) and name != "task_summary/seconds":
                data = thing[...]
                out[name] = repr(data.tolist()).encode() if data.dtype == object else data.tobytes()

        file.visititems(note)
    return out


def differing_bytes(path, reference):
    ours, theirs = summary_bytes(path), summary_bytes(reference)
    assert ours.keys() == theirs.keys() and len(ours) > 20
    assert all(len(ours[name]) == len(theirs[name]) for name in ours)
    return sum(int(numpy.count_nonzero(numpy.frombuffer(ours[name], "u1") != numpy.frombuffer(theirs[name], "u1")))
               for name in ours)  # fmt: skip


def test_an_array_and_its_aggregate_equal_one_run(user, local):
    """By submit. The last task, whose id is that of the whole array, is stopped on its way and requeues itself alone."""
    user.sigmaflow("aggregate", local, "-o", "local-summary.h5")
    array, aggregate = user.submit("--parts", str(PARTS), "--ranks", "1", SIGMAFLOW_FAULT="sleep@*=0.2")
    last = f"{array}_{PARTS}"
    user.started(f"out.part-{PARTS}-of-{PARTS}.h5")
    assert user.cluster.job(aggregate)["JobState"] == "PENDING"
    user.scancel("--batch", "--signal=USR1", last)
    user.finish(aggregate)
    restarts = [int(user.cluster.job(f"{array}_{part}")["Restarts"]) for part in range(1, PARTS + 1)]
    assert restarts == [0] * (PARTS - 1) + [1], user.log()
    assert {session["job"] for session in user.sessions(f"out.part-{PARTS}-of-{PARTS}.h5")} == {last}
    differing = differing_bytes(user.path("out.summary.h5"), user.path("local-summary.h5"))
    claim("slurm-array-requeues", restarts[-1])
    claim("slurm-array-summary-differing-bytes", differing)
    assert differing == 0


def test_a_missing_part_is_found_before_anything_is_merged(user):
    """By hand, with the two scripts of jobs/; the array runs one part of two. A failed task is no missing one."""
    array = user.sbatch("--array=2", JOBS / "slurm-array.sbatch", "study.toml", "out.h5", PARTS="2")
    aggregate = user.sbatch(f"--dependency=afterany:{array}", JOBS / "slurm-aggregate.sbatch", "out.h5", "2", "all.h5")
    user.finish(aggregate, code=1)
    assert "--array=1" in user.log() and not user.path("all.h5").exists()
    throw = ",".join(f"throw@{task}" for task in range(0, end_to_end.TASKS, 9))
    array = user.sbatch("--array=1", JOBS / "slurm-array.sbatch", "study.toml", "out.h5", PARTS="2", SIGMAFLOW_FAULT=throw)
    aggregate = user.sbatch(f"--dependency=afterany:{array}", JOBS / "slurm-aggregate.sbatch", "out.h5", "2", "all.h5")
    user.finish(aggregate)
    user.finish(array, code=3)
    with h5py.File(user.path("all.h5"), "r") as summary:
        done, failed, tasks = (int(summary[f"task_summary/{name}"][:].sum()) for name in ("done", "failed", "tasks"))
    assert failed > 0 and done + failed == tasks == end_to_end.TASKS
