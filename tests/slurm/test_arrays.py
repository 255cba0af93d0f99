"""A study cut into the tasks of an array job, merged by a job that depends on it."""

import h5py
import numpy
import pytest

from conftest import JOBS, claim, wait_until

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


@pytest.fixture(scope="session")
def local_summary(local):
    return local.parent / "summary.h5"


def test_an_array_and_its_aggregate_equal_one_run(user, local):
    """By submit. The last task, whose id is that of the whole array, is stopped on its way and requeues itself alone."""
    user.sigmaflow("aggregate", local, "-o", "local-summary.h5")
    array, aggregate = user.submit("--parts", str(PARTS), "--ranks", "1", SIGMAFLOW_FAULT="sleep@*=0.2")
    last = f"{array}_{PARTS}"
    user.started(f"out.part-{PARTS}-of-{PARTS}.h5")
    assert user.cluster.job(aggregate)["JobState"] == "PENDING"
    user.scancel("--batch", "--signal=USR1", last)
    user.finish(aggregate)
    tasks = {user.cluster.job(f"{array}_{part}")["Restarts"] for part in range(1, PARTS)}
    assert tasks == {"0"} and user.cluster.job(last)["Restarts"] == "1", user.log()
    differing = differing_bytes(user.path("out.summary.h5"), user.path("local-summary.h5"))
    claim("slurm-array-requeues", 1)
    claim("slurm-array-summary-differing-bytes", differing)
    assert differing == 0


def test_a_part_that_failed_is_found_before_anything_is_merged(user):
    """By hand, with the two scripts of jobs/; the array runs one part of two."""
    array = user.sbatch("--array=2", JOBS / "slurm-array.sbatch", "study.toml", "out.h5", PARTS="2")
    aggregate = user.sbatch(f"--dependency=afterany:{array}", JOBS / "slurm-aggregate.sbatch", "out.h5", "2", "all.h5")
    user.finish(aggregate, code=1)
    assert "--array=1" in user.log() and not user.path("all.h5").exists()
    array = user.sbatch("--array=1", JOBS / "slurm-array.sbatch", "study.toml", "out.h5", PARTS="2")
    aggregate = user.sbatch(f"--dependency=afterany:{array}", JOBS / "slurm-aggregate.sbatch", "out.h5", "2", "all.h5")
    user.finish(aggregate)
    assert user.path("all.h5").exists()
