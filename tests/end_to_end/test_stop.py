"""Stopping on request: within one task, everything finished written, exit code 75, and a resume ends the study."""

import signal
import time

import numpy
import pytest

from conftest import DONE, FULL, STOPPED, TASKS, sessions, statuses, wait_for_session

TILE = 0.2  # seconds that a tile sleeps; a task has two of them at most
FAULT = f"sleep@*={TILE}"
SPARE = 3.0  # seconds for the last write, the end of MPI and a busy machine


def start(lab, ranks, *words, epoch=60, threads=1, fault=FAULT):
    return lab.start("run", "study.toml", "-o", "out.h5", "--threads", threads, "--epoch", epoch, *words,
                     ranks=ranks, fault=fault)  # fmt: skip


def finish(lab, whole):
    lab.verify("out.h5")
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--threads", 2, code=DONE)
    lab.verify("out.h5")
    lab.check("run", "study.toml", "-o", whole, "--threads", 2, code=DONE)
    lab.assert_same("out.h5", whole)


@pytest.mark.parametrize(
    "number, ranks",
    [(signal.SIGUSR1, None), (signal.SIGUSR2, None), (signal.SIGTERM, None), (signal.SIGINT, None), (signal.SIGUSR1, 3)]
    + ([(signal.SIGUSR2, 2), (signal.SIGUSR1, 5)] if FULL else []),
)
def test_signals(lab, number, ranks):
    """The epoch is long, so nothing was written before the signal and the signal alone brings the write about."""
    job = start(lab, ranks)
    wait_for_session(lab.path("out.h5"))
    time.sleep(3.5 * TILE)
    job.signal(number)
    asked = time.monotonic()
    job.wait()
    assert job.code == STOPPED, job.err
    assert time.monotonic() - asked < 2 * TILE + SPARE
    done = numpy.count_nonzero(statuses(lab.path("out.h5")))
    assert 0 < done < TASKS, "what was finished is written"
    assert "--resume" in job.err
    assert sessions(lab.path("out.h5"))[0]["exit_code"] == STOPPED
    finish(lab, "whole.h5")


EVERY_RANK = [(rank, number) for rank in range(4) for number in (signal.SIGUSR1, signal.SIGUSR2)]


@pytest.mark.parametrize("rank, number", EVERY_RANK if FULL else [(0, signal.SIGUSR2), (3, signal.SIGUSR1)])
def test_a_signal_to_one_rank_stops_all_within_an_epoch(lab, rank, number):
    job = start(lab, 4, epoch=0.5)
    pids = job.rank_pids()
    wait_for_session(lab.path("out.h5"))
    time.sleep(3 * TILE)
    job._send(pids[rank], number)
    asked = time.monotonic()
    job.wait()
    assert job.code == STOPPED, job.err
    assert time.monotonic() - asked < 0.5 + 2 * TILE + SPARE
    assert 0 < numpy.count_nonzero(statuses(lab.path("out.h5"))) < TASKS
    assert sessions(lab.path("out.h5"))[0]["exit_code"] == STOPPED
    lab.verify("out.h5")


def test_a_signal_before_the_first_particle(lab):
    """Whatever moment it comes at, the file can be resumed."""
    job = start(lab, None)
    while job.running() and not lab.path("out.h5").exists():
        pass
    job.signal(signal.SIGUSR1)
    assert job.wait().code == STOPPED, job.err
    finish(lab, "whole.h5")


def test_a_signal_during_the_last_task_changes_nothing(lab):
    lab.write("study.toml", lab.path("study.toml").read_text().replace("[6, 12, 24]", "6"))
    words = ["--set", "study.particles=20", "--threads", 1, "--epoch", 60]
    lab.check("run", "study.toml", "-o", "out.h5", *words, fault="throw@5", code=3)
    job = lab.start("run", "study.toml", "-o", "out.h5", *words, "--resume", "--retry-failed", fault="sleep@5=1.5")
    wait_for_session(lab.path("out.h5"), 2)
    time.sleep(0.3)
    job.signal(signal.SIGUSR1)
    assert job.wait().code == DONE, job.err
    assert (statuses(lab.path("out.h5")) == 1).all()
    assert sessions(lab.path("out.h5"))[1]["exit_code"] == DONE


def test_nothing_left_is_done_at_once(lab):
    lab.check("run", "study.toml", "-o", "out.h5", "--threads", 2)
    before = lab.path("out.h5").read_bytes()
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--max-time", "0.001", code=DONE)
    assert lab.path("out.h5").read_bytes() == before, "nothing to do: nothing written"


@pytest.mark.parametrize("ranks, threads", [(None, 1), (None, 3), (3, 1)] + ([(2, 2), (5, 1)] if FULL else []))
def test_max_time_includes_the_last_write(lab, ranks, threads):
    """Counted from the start of the program; the allowance is for its end (and mpirun's), which it cannot see."""
    limit = 3.0
    job = start(lab, ranks, "--max-time", limit, threads=threads).wait()
    ended = time.time()
    assert job.code == STOPPED, job.err
    (session,) = sessions(lab.path("out.h5"))
    assert session["end"] - session["start"] <= limit
    assert ended - session["start"] <= limit + SPARE
    done = numpy.count_nonzero(statuses(lab.path("out.h5")))
    assert 0 < done < TASKS
    finish(lab, "whole.h5")


@pytest.mark.parametrize("ranks", [None, 3])
def test_max_time_with_tiles_of_different_length(lab, ranks):
    """A rank with long tiles must not be waited for by one that starts another of its short ones."""
    limit = 4.0
    long_ones = ",".join(f"sleep@{task}=0.7" for task in range(0, TASKS, 2))
    job = start(lab, ranks, "--max-time", limit, fault=f"{long_ones},sleep@*=0.02").wait()
    ended = time.time()
    assert job.code == STOPPED, job.err
    (session,) = sessions(lab.path("out.h5"))
    assert session["end"] - session["start"] <= limit
    assert ended - session["start"] <= limit + SPARE


def test_stopping_wins_over_a_failed_task(lab):
    throwing = ",".join(f"throw@{task}" for task in range(0, TASKS, 2))
    job = start(lab, None, "--max-time", "00:00:02", fault=f"sleep@*=0.1,{throwing}")
    assert job.wait().code == STOPPED
    status = lab.json("status", "out.h5", "--json")
    assert status["failed"] > 0 and status["pending"] > 0
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--threads", 2, code=3)
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--retry-failed", "--threads", 2, code=DONE)


def test_enough_time_is_no_stop(lab):
    lab.check("run", "study.toml", "-o", "out.h5", "--max-time", "00:02:00", "--threads", 2, code=DONE)
