"""SIGKILL at random moments: the file opens, every flagged task is whole, a resume on another layout ends with the
bits of an uninterrupted run."""

import re
import shutil
import time

import h5py
import pytest

from conftest import DONE, FAULTY, FULL, TASK_FAILED, TASKS, THROW
from conftest import flags_watch, sessions, statuses, wait_for_session, wait_until

RUNS, CREATIONS, RESUMES = (50, 5, 5) if FULL else (2, 1, 1)  # RUNS of one rank, and as many of all
SLOWLY = f"{THROW},sleep@*=0.03"
LAYOUTS = [(3, 1), (None, 2), (2, 2), (5, 1), (None, 1), (1, 4)]  # None: without mpirun
SEVERAL = [(3, 1), (2, 2), (5, 1)]  # whose mpirun has to notice that one rank is gone


def start(lab, layout, *words, fault=SLOWLY):
    ranks, threads = layout
    return lab.start("run", "study.toml", "-o", "out.h5", "--threads", threads, "--epoch", 0.05, "--quiet", *words,
                     ranks=ranks, fault=fault)  # fmt: skip


def kill_between_flags(lab, moments, layout, which, *words, done_before=0):
    """Kills a run after its first and before its last done flag, wherever it is then: in a tile, between two writes, or
    inside one. Returns the flags."""
    out, before = lab.path("out.h5"), lab.path("before.h5")
    if done_before:
        shutil.copy(out, before)
    for latest in (TASKS - 6, TASKS // 2, TASKS // 4, TASKS // 8):  # a busy machine may flag many at once: then earlier
        job = start(lab, layout, *words)
        wait_until(lambda: out.exists() or not job.running(), "the file")
        flagged = flags_watch(out)
        enough = moments.randint(done_before + 1, max(latest, done_before + 1))
        wait_until(lambda: flagged() >= enough or not job.running(), f"{enough} flags")
        time.sleep(moments.uniform(0.0, 0.06))  # anywhere in an epoch and its write
        job.kill(which)
        flags = statuses(out)
        if done_before < (flags != 0).sum() < TASKS:
            break
        out.unlink()
        if done_before:
            shutil.copy(before, out)
    assert done_before < (flags != 0).sum() < TASKS, "no kill hit the right moment"
    return flags


def assert_flagged_rows_are_those_of(path, reference, flags):
    """Compared without the program: h5py alone, row by row."""
    with h5py.File(path, "r") as ours, h5py.File(reference, "r") as theirs:
        groups = list(ours["results"])
        table = {name: ours[f"tasks/{name}"][:] for name in ("group", "row", "block", "kept_first", "kept_count")}
        compared = 0
        for task in (flags == 1).nonzero()[0]:
            place = {name: int(column[task]) for name, column in table.items()}
            mine, other = (file["results"][groups[place["group"]]] for file in (ours, theirs))
            kept = slice(place["kept_first"], place["kept_first"] + place["kept_count"])
            for name, data in mine.items():
                if data.ndim < 2 or name in ("sigma", "point_index"):
                    continue
                is_particle = data.shape[1] == 70  # keep_particles
                where = (place["row"], kept if is_particle else place["block"])
                assert data[where].tobytes() == other[name][where].tobytes(), f"task {task}, {name}"
                compared += 1
        assert compared > 0 or not (flags == 1).any()


def finish_and_compare(lab, layout, reference):
    job = start(lab, layout, "--resume", fault=THROW).wait()
    assert job.code == TASK_FAILED, job.err
    lab.verify("out.h5")
    lab.assert_same("out.h5", reference)
    assert not lab.path("out.h5.lock").exists() and not lab.path("out.h5.partial").exists()


@pytest.mark.parametrize("number", range(RUNS))
@pytest.mark.parametrize("victims", ["all", "one"])
def test_between_the_first_and_the_last_flag(lab, reference, moments, victims, number):
    layouts = LAYOUTS if victims == "all" else SEVERAL
    layout, other = layouts[number % len(layouts)], LAYOUTS[(number + 2) % len(LAYOUTS)]
    which = "all" if victims == "all" else number // len(layouts) % layout[0]  # every rank in turn
    flags = kill_between_flags(lab, moments, layout, which)
    lab.verify("out.h5")
    assert_flagged_rows_are_those_of(lab.path("out.h5"), reference, flags)
    assert sessions(lab.path("out.h5"))[-1]["exit_code"] == -1
    status = lab.json("status", "out.h5", "--json")
    assert status["pending"] == (flags == 0).sum()
    finish_and_compare(lab, other, reference)


@pytest.mark.parametrize("number", range(CREATIONS))
def test_during_creation(lab, moments, number):
    # A larger file, so that creation takes long enough to be hit.
    study = lab.path("study.toml").read_text().replace("levels = 5", "levels = 129").replace("[6, 12, 24]", "[65]")
    lab.write("study.toml", study.replace("block = 64", "block = 32"))
    out = lab.path("out.h5")
    layout = LAYOUTS[number % len(LAYOUTS)]
    lock = lab.path("out.h5.lock")

    # How long it takes undisturbed.
    job = start(lab, layout, fault="")
    wait_until(lambda: lock.exists() or not job.running(), "the lock")
    begin = time.monotonic()
    wait_until(out.exists, "the file")
    duration = time.monotonic() - begin
    assert job.wait().code == DONE, job.err
    out.rename(lab.path("whole.h5"))

    job = start(lab, layout, fault="")
    wait_until(lambda: lock.exists() or not job.running(), "the lock")
    time.sleep(moments.uniform(0.0, 1.2 * duration))
    job.kill("all" if number % 2 == 0 else 0)
    if out.exists():
        lab.verify("out.h5")
    else:
        assert lab.check("status", "out.h5", code=2).out == ""
    left = {name for name, _ in lab.listing()} - {"study.toml", "whole.h5"}
    assert left <= {"out.h5", "out.h5.lock", "out.h5.partial"}
    words = ["--resume"] if out.exists() or number % 2 == 0 else []
    job = start(lab, LAYOUTS[(number + 1) % len(LAYOUTS)], *words, fault="").wait()
    assert job.code == DONE, job.err
    lab.verify("out.h5")
    lab.assert_same("out.h5", "whole.h5")
    left = {name for name, _ in lab.listing()} - {"study.toml", "whole.h5"}
    assert left == {"out.h5"}


@pytest.mark.parametrize("number", range(RESUMES))
def test_during_a_resume(lab, reference, moments, number):
    first, second, third = (LAYOUTS[(number + i) % len(LAYOUTS)] for i in range(3))
    job = start(lab, first)
    wait_until(lab.path("out.h5").exists, "the file")
    flagged = flags_watch(lab.path("out.h5"))
    wait_until(lambda: flagged() >= 3 or not job.running(), "flags")
    job.kill()
    before = statuses(lab.path("out.h5"))
    lab.verify("out.h5")
    if number % 5 == 1:  # before the resume has written anything, at times before it has a session
        job = start(lab, second, "--resume")
        wait_until(lambda: lab.path("out.h5.lock").exists(), "the lock")
        time.sleep(moments.uniform(0.0, 0.3))
        job.kill()
        flags = statuses(lab.path("out.h5"))
    else:
        flags = kill_between_flags(lab, moments, second, "all", "--resume", done_before=int((before != 0).sum()))
    assert (flags[before != 0] == before[before != 0]).all(), "a resume keeps what is done"
    lab.verify("out.h5")
    assert_flagged_rows_are_those_of(lab.path("out.h5"), reference, flags)
    finish_and_compare(lab, third, reference)


def test_during_a_second_try_of_a_failed_task(lab, reference):
    """The flag of the failed task must go before its record changes."""
    job = start(lab, (None, 2), fault=THROW).wait()
    assert job.code == TASK_FAILED
    job = start(lab, (2, 1), "--resume", "--retry-failed", fault="sleep@*=5")
    wait_for_session(lab.path("out.h5"), 2)
    time.sleep(0.3)
    job.kill()
    lab.verify("out.h5")
    flags = statuses(lab.path("out.h5"))
    assert (flags == 1).sum() == TASKS - 1 and flags[FAULTY] == 0
    job = start(lab, (3, 1), "--resume", "--retry-failed", fault="").wait()
    assert job.code == DONE, job.err
    lab.verify("out.h5")
    lab.check("run", "study.toml", "-o", "whole.h5", "--quiet", "--threads", 2)
    lab.assert_same("out.h5", "whole.h5")


def test_a_job_is_heard_of_while_no_task_ends(lab):
    """Where a file system knows no locks, the heartbeat alone tells that a job lives."""
    job = start(lab, (2, 1), fault="sleep@*=2")
    wait_for_session(lab.path("out.h5"))

    def heartbeat():
        found = re.search(r"heartbeat=(\S+)", lab.path("out.h5.lock").read_text())
        return float(found[1]) if found else 0.0

    first = heartbeat()
    wait_until(lambda: heartbeat() > first, "a heartbeat")
    assert not statuses(lab.path("out.h5")).any()
    job.kill()


def test_a_living_job_keeps_others_out(lab):
    job = start(lab, (2, 1), fault="sleep@*=0.2")
    wait_for_session(lab.path("out.h5"))
    for words in (["--resume"], ["--overwrite"], []):
        refused = lab.check("run", "study.toml", "-o", "out.h5", *words, code=2)
        assert "in use" in refused.err or "already there" in refused.err
    assert lab.json("status", "out.h5", "--json")["total"] == TASKS  # but everyone may look
    job.kill()
    assert lab.path("out.h5.lock").exists()
    assert start(lab, (None, 2), "--resume", fault="").wait().code == DONE  # nobody has to remove a dead job's lock
    assert not lab.path("out.h5.lock").exists()
