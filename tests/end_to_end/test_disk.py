"""Disks that are full, fail or cannot be written to, in every phase: a clear message, a code that is not zero, no crash
and no wait; nothing half-made is left, and what was written is whole and goes on when there is room again."""

import errno
import os
import shutil
import subprocess

import h5py
import numpy
import pytest

from conftest import DONE, FAILED, FULL, STUDY, TASK_FAILED, TASKS, USAGE, Lab, program, statuses
from conftest import flags_watch, wait_for_session, wait_until
from faults import disk, failing, faulty_io, fill, remount, without_privileges

SLOWLY = "sleep@*=0.03"
SOON = 60.0  # seconds: a program that waits for ever does not end by then


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The study and its result, every task done."""
    lab = Lab(tmp_path_factory.mktemp("whole"))
    lab.write("study.toml", STUDY)
    lab.check("run", "study.toml", "-o", "whole.h5", "--threads", 2, "--quiet")
    yield lab.path("whole.h5")
    lab.close()


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return faulty_io(tmp_path_factory.mktemp("library"))


def told(job, *words, code=FAILED):
    """It ended by itself, with a message of ours and no crash."""
    assert job.code == code, f"{job.code}\n{job.err}"
    assert "sigmaflow: " in job.err and not job.out
    for word in words:
        assert word in job.err
    for crash in ("signal", "Segmentation", "terminate called", "HDF5-DIAG"):
        assert crash not in job.err


def finish_and_compare(lab, whole, ranks=None, name="out.h5"):
    """What is there is whole, and goes on to the bits of an undisturbed run."""
    lab.verify(name)
    job = lab.run("run", "study.toml", "-o", name, "--resume", "--threads", 2 if ranks is None else 1, ranks=ranks)
    assert job.code == DONE, job.err
    lab.verify(name)
    shutil.copy(whole, lab.path("whole.h5"))
    lab.assert_same(name, "whole.h5")


# Full disks


@pytest.mark.parametrize("ranks", [None, 3])
def test_too_little_room_for_the_file(lab, whole, library, ranks):
    """From no room at all to one page less than enough. The forecast of the size refuses most of them; where it is set
    aside, or too low, or others were quicker, the file system says so."""
    anyway = ["run", "study.toml", "-o", "small/out.h5", "--ignore-limits"]
    cannot_reserve = failing(library, f"fallocate:{errno.EOPNOTSUPP}", "")
    needed = whole.stat().st_size // 1024 + 4
    sizes = [4, 8, 40, 300, 1100, needed // 2, needed - 8]
    sizes += [12, 16, 20, 32, 64, 100, 200, 500, 800, needed - 400, needed - 100, needed - 20] if FULL else []
    with disk(lab.path("small"), 4) as small:
        for size in sizes if ranks is None or FULL else sizes[1::3]:
            remount(small, f"size={size}k")
            for env in (None, cannot_reserve):
                told(lab.run(*anyway, ranks=ranks, timeout=SOON, env=env), "No space left on device", "small/out.h5")
            assert list(small.iterdir()) == [], f"nothing is left on a disk of {size} kB"
        print(f"[claim] full-disks-at-creation {len(sizes)}")
        remount(small, f"size={needed // 4}k")
        told(lab.run("run", "study.toml", "-o", "small/out.h5", ranks=ranks), "the disk has", code=USAGE)
        remount(small, f"size={needed + 40}k")
        lab.check(*anyway, "--threads", 2)
        lab.verify("small/out.h5")
        shutil.copy(whole, lab.path("whole.h5"))
        lab.assert_same("small/out.h5", "whole.h5")


@pytest.mark.parametrize("ranks", [None, 3])
def test_a_disk_that_others_fill_during_the_run(lab, whole, ranks):
    """All space was reserved: nothing happens. The lock's heartbeat does without as well."""
    with disk(lab.path("small"), 8192) as small:
        job = lab.start("run", "study.toml", "-o", "small/out.h5", "--epoch", 0.1, ranks=ranks, fault=SLOWLY)
        wait_for_session(small / "out.h5")
        filler = fill(small)
        assert os.statvfs(small).f_bavail == 0
        assert job.wait().code == DONE, job.err
        assert os.statvfs(small).f_bavail <= 1, "full to the end, but for the lock's page"
        filler.unlink()
        lab.verify("small/out.h5")
        shutil.copy(whole, lab.path("whole.h5"))
        lab.assert_same("small/out.h5", "whole.h5")


@pytest.mark.parametrize("ranks", [None, 3])
def test_a_disk_without_reservation_that_others_fill(lab, whole, library, ranks):
    """Where a file system cannot reserve, the space is looked at before every write."""
    cannot_reserve = failing(library, f"fallocate:{errno.EOPNOTSUPP}", "")
    with disk(lab.path("small"), 8192) as small:
        job = lab.start("run", "study.toml", "-o", "small/out.h5", "--epoch", 0.1, ranks=ranks, fault=SLOWLY,
                        env=cannot_reserve)  # fmt: skip
        wait_for_session(small / "out.h5")
        flagged = flags_watch(small / "out.h5")
        wait_until(lambda: flagged() > 3, "some tasks")
        filler = fill(small)
        told(job.wait(SOON), "the disk lacks", "small/out.h5")
        done = numpy.count_nonzero(statuses(small / "out.h5"))
        assert 0 < done < TASKS
        lab.verify("small/out.h5")  # reads only
        again = lab.run("run", "study.toml", "-o", "small/out.h5", "--resume", ranks=ranks, env=cannot_reserve)
        told(again, "small/out.h5")
        assert numpy.count_nonzero(statuses(small / "out.h5")) == done
        filler.unlink()
        finish_and_compare(lab, whole, ranks, "small/out.h5")


def test_a_full_disk_during_aggregate(lab, whole):
    shutil.copy(whole, lab.path("out.h5"))
    lab.check("aggregate", "out.h5", "-o", "summary.h5")
    expected = lab.path("summary.h5").read_bytes()
    needed = len(expected) // 1024 + 4
    sizes = sorted({4, 8, 40, 100, needed // 2, needed - 8} | (set(range(4, needed - 4, 12)) if FULL else set()))
    with disk(lab.path("small"), 4) as small:
        for size in sizes:
            remount(small, f"size={size}k")
            told(lab.run("aggregate", "out.h5", "-o", "small/summary.h5", timeout=SOON), "No space left on device")
            assert list(small.iterdir()) == []
        print(f"[claim] full-disks-at-aggregate {len(sizes)}")
        remount(small, f"size={needed + 8}k")
        lab.check("aggregate", "out.h5", "-o", "small/summary.h5")
        assert (small / "summary.h5").read_bytes() == expected
        remount(small, f"size={needed + 8}k")
        told(lab.run("aggregate", "out.h5", "-o", "small/summary.h5"), "No space left on device")
        assert (small / "summary.h5").read_bytes() == expected, "the summary that was there stays"


# Calls that fail, on one rank or on all


FAULTS = [
    # ranks, plan, file, message
    (None, f"pwrite:{errno.ENOSPC}:1", "out.h5.partial", "No space left"),
    (None, f"fsync:{errno.EIO}:1", "out.h5.partial", "Input/output error"),
    (None, f"pwrite:{errno.ENOSPC}:9", "/out.h5", "failed"),
    (3, f"pwrite:{errno.ENOSPC}:30:0", "/out.h5", "failed"),
    (None, f"fsync:{errno.EIO}:2", "/out.h5", "failed"),
    (3, f"fsync:{errno.EIO}:3:1", "/out.h5", "rank 1"),
    (3, f"fsync:{errno.ENOSPC}:4:0", "/out.h5", "rank 0"),
    (3, f"pread:{errno.EIO}:40:2", "/out.h5", "rank 2"),
    # Writes that are lost without a word: what was read back tells.
    (None, "pwrite:0:20", "/out.h5", "is not what was written"),
    (3, "pwrite:0:60:0", "/out.h5", "is not what was written"),
]


@pytest.mark.parametrize("ranks, plan, file, message", FAULTS, ids=[f"{ranks}-{plan}" for ranks, plan, _, _ in FAULTS])
def test_a_call_that_fails(lab, whole, library, ranks, plan, file, message):
    job = lab.run("run", "study.toml", "-o", "out.h5", "--epoch", 0.05, ranks=ranks, fault=SLOWLY,
                  env=failing(library, plan, file), timeout=SOON)  # fmt: skip
    assert job.code not in (DONE, USAGE, TASK_FAILED), job.err
    assert "sigmaflow: " in job.err and message in job.err
    if file.endswith(".partial"):
        assert [name for name, _ in lab.listing()] == ["study.toml"]
    else:
        assert numpy.count_nonzero(statuses(lab.path("out.h5"))) < TASKS
        finish_and_compare(lab, whole, 2)


@pytest.mark.parametrize("ranks", [None, 3])
@pytest.mark.parametrize("name", ["tasks/status", "tasks/checksum", "results/dim3_levels5/positions_m2"])
def test_writes_that_are_lost_without_a_word(lab, whole, library, name, ranks):
    """A flag, a checksum, a row: where a file system or an MPI library loses one, no flag vouches for it, and it is said."""
    with h5py.File(whole, "r") as file:
        offset, size = file[name].id.get_offset(), file[name].id.get_storage_size()
    job = lab.run("run", "study.toml", "-o", "out.h5", "--epoch", 0.1, ranks=ranks, fault=SLOWLY,
                  env=failing(library, "pwrite:0", "/out.h5", (offset, offset + size)), timeout=SOON)  # fmt: skip
    assert job.code == FAILED and "is not what was written" in job.err, job.err
    assert numpy.count_nonzero(statuses(lab.path("out.h5"))) < TASKS
    finish_and_compare(lab, whole, 2)


def test_a_flag_that_is_lost_later(lab, whole):
    """Whoever clears it: the code is not that of a finished study."""
    job = lab.start("run", "study.toml", "-o", "out.h5", "--epoch", 0.05, fault=SLOWLY)
    wait_for_session(lab.path("out.h5"))
    flagged = flags_watch(lab.path("out.h5"))
    wait_until(lambda: flagged() > 0, "a flag")
    first = int(statuses(lab.path("out.h5")).nonzero()[0][0])
    before = flagged()
    wait_until(lambda: flagged() > before, "the next epoch, when this flag was read back")
    with open(lab.path("out.h5"), "r+b") as file:
        file.seek(flag_offset(lab.path("out.h5")) + first)
        file.write(b"\0")
    told(job.wait(), "without their flags", "--resume")
    assert (statuses(lab.path("out.h5")) == 0).nonzero()[0].tolist() == [first]
    finish_and_compare(lab, whole)


# Folders and files that cannot be written to


def refusals(lab, name, code=USAGE):
    """Commands that would write there."""
    yield lab.run("run", "study.toml", "-o", f"{name}/new.h5"), f"{name}/new.h5"
    yield lab.run("run", "study.toml", "-o", f"{name}/new.h5", ranks=3), f"{name}/new.h5"
    yield lab.run("run", "study.toml", "-o", f"{name}/out.h5", "--resume"), f"{name}/out.h5"
    yield lab.run("run", "study.toml", "-o", f"{name}/out.h5", "--overwrite"), f"{name}/out.h5"
    yield lab.run("aggregate", f"{name}/out.h5", "-o", f"{name}/summary.h5"), f"{name}/summary.h5"


def test_a_read_only_file_system(lab, whole):
    with disk(lab.path("ro"), 8192) as folder:
        shutil.copy(whole, folder / "out.h5")
        remount(folder, "ro")
        for job, file in refusals(lab, "ro"):
            told(job, "Read-only file system", file, code=USAGE)
            assert job.err.count("sigmaflow: ") == 1
        assert [path.name for path in folder.iterdir()] == ["out.h5"]
        lab.verify("ro/out.h5")
        lab.verify("ro/out.h5")
        assert lab.json("status", "ro/out.h5", "--json")["done"] == TASKS
        lab.check("diff", "ro/out.h5", "ro/out.h5")
        lab.check("aggregate", "ro/out.h5", "-o", "summary.h5")
        lab.check("verify", "ro/out.h5", "--repair")  # nothing to repair
        remount(folder, "rw")
        with open(folder / "out.h5", "r+b") as file:
            file.seek(flag_offset(folder / "out.h5"))
            file.write(b"\7")
        remount(folder, "ro")
        told_of_repair = lab.check("verify", "ro/out.h5", "--repair", code=USAGE)
        assert "Read-only file system" in told_of_repair.err


def flag_offset(path):
    with h5py.File(path, "r") as file:
        return file["tasks/status"].id.get_offset()


def test_without_permission(lab, whole):
    """As another user than root, for whom mode bits do not matter."""
    words = without_privileges()
    for folder in [lab.folder, *lab.folder.parents]:
        if os.stat(folder).st_uid == os.geteuid() and folder != folder.parent:
            os.chmod(folder, 0o755)
    os.chmod(lab.scratch, 0o777)  # MPI keeps files there
    shutil.copy(whole, lab.path("out.h5"))
    before = lab.listing()

    def run(*rest):
        done = subprocess.run([*words, program(), *rest], cwd=lab.folder, env=lab.environment("", {"HOME": "/tmp"}),
                              capture_output=True, text=True, timeout=60)  # fmt: skip
        return done

    if run("--version").returncode != 0:
        pytest.skip("another user cannot reach the program")
    os.chmod(lab.folder, 0o555)
    os.chmod(lab.path("out.h5"), 0o444)
    try:
        for rest in (["-o", "new.h5"], ["-o", "out.h5", "--resume"], ["-o", "out.h5", "--overwrite"]):
            refused = run("run", "study.toml", *rest)
            assert refused.returncode == USAGE and "Permission denied" in refused.stderr, refused
        refused = run("aggregate", "out.h5", "-o", "summary.h5")
        assert refused.returncode == USAGE and "Permission denied" in refused.stderr, refused
        assert run("verify", "out.h5").returncode == DONE
        assert run("status", "out.h5").returncode == DONE
        os.chmod(lab.path("out.h5"), 0o000)
        refused = run("verify", "out.h5")
        assert refused.returncode == USAGE and "Permission denied" in refused.stderr
    finally:
        os.chmod(lab.folder, 0o755)
        os.chmod(lab.path("out.h5"), 0o644)
    assert lab.listing() == before
