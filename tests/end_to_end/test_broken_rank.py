"""A rank that throws outside of all tasks ends the job at once, with its message and its number: the others wait for it in
a collective, and would for ever. What was written is whole."""

import time

import h5py
import numpy
import pytest

from conftest import DONE, FAILED, FULL, statuses, wait_for_session

CASES = [(ranks, rank) for ranks in ([None, 2, 4] if FULL else [None, 3]) for rank in range(ranks or 1)]
SOON = 60.0  # seconds: a program that waits for ever does not end by then


@pytest.mark.parametrize("place", ["engine", "writer"])
@pytest.mark.parametrize("ranks, rank", CASES)
def test_a_rank_that_throws(lab, ranks, rank, place):
    job = lab.start("run", "study.toml", "-o", "out.h5", "--epoch", 0.2, ranks=ranks,
                    fault=f"break@{place}={rank},sleep@*=0.05")  # fmt: skip
    job.wait(SOON)
    assert job.code == FAILED, job.err
    assert f"sigmaflow: rank {rank}: fault on demand in the {place}" in job.err
    assert numpy.count_nonzero(statuses(lab.path("out.h5"))) == 0
    lab.verify("out.h5")
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--threads", 2, code=DONE)
    lab.check("run", "study.toml", "-o", "whole.h5", "--threads", 2)
    lab.assert_same("out.h5", "whole.h5")


def test_nobody_waits_for_a_long_part(lab):
    """Not the threads of this rank, nor the other ranks."""
    lab.write("parts.toml", lab.check("example", "information").out)
    job = lab.start("run", "parts.toml", "-o", "out.h5", "--epoch", 0.2, "--threads", 2, ranks=2,
                    fault="break@engine=1,sleep@*=50")  # fmt: skip
    wait_for_session(lab.path("out.h5"))
    begin = time.monotonic()
    job.wait()
    assert job.code == FAILED and "rank 1: fault on demand" in job.err
    assert time.monotonic() - begin < 40


def test_more_starts_than_the_table_of_sessions_holds(lab):
    """A study that needs many nights is finished all the same."""
    lab.check("run", "study.toml", "-o", "out.h5", "--threads", 2, fault="throw@9", code=3)
    with h5py.File(lab.path("out.h5"), "r") as file:
        offset, rows = file["sessions/start"].id.get_offset(), file["sessions/start"].shape[0]
    with open(lab.path("out.h5"), "r+b") as file:
        file.seek(offset)
        file.write(numpy.arange(1.0, rows + 1.0).tobytes())
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--retry-failed", ranks=2, code=DONE)
    lab.verify("out.h5")
    with h5py.File(lab.path("out.h5"), "r") as file:
        assert file["sessions/start"][-2] == rows - 1 and file["sessions/start"][-1] > 1e9
        assert file["tasks/session"][9] == rows - 1
