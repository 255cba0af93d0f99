"""A study cut into parts, one file each: `run --part I/N`, then `aggregate`."""

import h5py
import numpy
import pytest

from conftest import DONE, TASKS, USAGE, flags_watch, statuses, wait_until

COUNT = 3


def part_name(index):
    return f"part{index}.h5"


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    from conftest import STUDY, Lab

    lab = Lab(tmp_path_factory.mktemp("parts"))
    lab.write("study.toml", STUDY)
    lab.check("run", "study.toml", "-o", "whole.h5", "--threads", 2, "--quiet")
    for index in range(1, COUNT + 1):
        lab.check("run", "study.toml", "-o", part_name(index), "--part", f"{index}/{COUNT}", "--quiet",
                  ranks=2 if index == 2 else None, code=DONE)  # fmt: skip
    yield lab
    lab.close()


def test_every_task_is_done_in_one_part(parts):
    done = numpy.array([statuses(parts.path(part_name(i + 1))) == 1 for i in range(COUNT)])
    assert (done.sum(axis=0) == 1).all()
    assert (done.sum(axis=1) == TASKS // COUNT).all()


def test_parts_cost_about_the_same(parts):
    with h5py.File(parts.path("whole.h5"), "r") as file:
        cost = file["tasks/predicted_seconds"][:]
    shares = [cost[statuses(parts.path(part_name(i + 1))) == 1].sum() / cost.sum() for i in range(COUNT)]
    assert max(shares) - min(shares) < cost.max() / cost.sum() + 1e-12


def test_rows_are_those_of_the_whole(parts):
    for index in range(1, COUNT + 1):
        parts.verify(part_name(index))
        lines = parts.run("diff", part_name(index), "whole.h5").out.splitlines()
        assert all("done only in" in line or "more differences" in line for line in lines), lines


def test_the_summary_of_all_parts_is_that_of_the_whole(parts):
    names = [part_name(i + 1) for i in range(COUNT)]
    parts.check("aggregate", "whole.h5", "-o", "whole-summary.h5")
    parts.check("aggregate", *names, "-o", "summary.h5")
    parts.check("aggregate", *names[::-1], "-o", "reversed.h5")
    assert parts.path("summary.h5").read_bytes() == parts.path("reversed.h5").read_bytes()
    assert summary_bytes(parts.path("summary.h5")) == summary_bytes(parts.path("whole-summary.h5"))


def summary_bytes(path):
    """Everything but the processor time that was used."""
    out = {}
    with h5py.File(path, "r") as file:

        def note(name, thing):
            if isinstance(thing, h5py.Dataset) and name != "task_summary/seconds":
                out[name] = repr(thing[...].tolist()) if thing.dtype == object else thing[...].tobytes()

        file.visititems(note)
    assert out
    return out


def test_overlapping_parts_are_refused(parts):
    job = parts.run("aggregate", part_name(1), part_name(2), "whole.h5", "-o", "overlap.h5")
    assert job.code == USAGE and "overlap" in job.err
    assert not parts.path("overlap.h5").exists()


def test_status_counts_the_part(parts):
    status = parts.json("status", part_name(2), "--json")
    assert (status["part"], status["total"], status["done"], status["pending"]) == (f"2/{COUNT}", 18, 18, 0)
    assert "part 2/3" in parts.check("status", part_name(2)).out


def test_the_disk_holds_only_the_part(lab):
    """Rows of other parts are holes: many parts together take little more than one file."""
    words = ["--set", "study.particles=20000", "--set", "observe.keep_particles=20000", "--set", "study.block=1024",
             "--set", "schedule.edm.steps=6", "--set", 'observe.quantities=["positions"]']  # fmt: skip
    sizes = {}
    for part in ("1/1", "1/8"):
        lab.check("run", "study.toml", "-o", "out.h5", "--overwrite", "--part", part, "--quiet", *words)
        status = lab.path("out.h5").stat()
        sizes[part] = status.st_blocks * 512
    assert sizes["1/1"] >= lab.path("out.h5").stat().st_size
    assert sizes["1/8"] < 0.25 * sizes["1/1"]


def test_a_killed_part_resumes(lab):
    words = ["run", "study.toml", "-o", "out.h5", "--part", "2/3", "--threads", 1, "--quiet"]
    job = lab.start(*words, "--epoch", 0.05, fault="sleep@*=0.05")
    wait_until(lab.path("out.h5").exists, "the file")
    flagged = flags_watch(lab.path("out.h5"))
    wait_until(lambda: flagged() >= 2, "two flags")
    job.kill()
    refused = lab.run("run", "study.toml", "-o", "out.h5", "--part", "1/3", "--resume")
    assert refused.code == USAGE and "part 2/3" in refused.err
    refused = lab.run("run", "study.toml", "-o", "out.h5", "--resume")
    assert refused.code == USAGE and "part 2/3" in refused.err
    lab.check(*words, "--resume", code=DONE)
    assert (statuses(lab.path("out.h5")) == 1).sum() == TASKS // 3
    lab.verify("out.h5")


@pytest.mark.parametrize("part", ["0/3", "4/3", "1", "a/b", "1/55"])
def test_nonsense_is_refused(lab, part):
    job = lab.run("run", "study.toml", "-o", "out.h5", "--part", part)
    assert job.code == USAGE, job.err
    assert not lab.path("out.h5").exists()
