"""Analyses of distributions: parts are tasks like blocks of particles, killed, resumed, retried, compared and carried
over like them."""

import json
import signal
import time

import h5py
import numpy
import pytest

from conftest import DONE, FULL, STOPPED, TASK_FAILED, USAGE, Lab
from conftest import flags_watch, statuses, wait_for_session, wait_until

# 8 blocks of particles, then 3 distributions x 2 analyses x 6 parts.
LAWS = """\
[study]
name = "analyses"
seed = 3
particles = 64
block = 32

[[distribution]]
name = "ring"
kind = "ring"
count = 5
radius = 1.0
width = 0.05

[[distribution]]
name = "shell"
kind = "ellipsoid_shell"
dim = [2, 3]
"""
SOLVERS = """
[[schedule]]
kind = "edm"
steps = 6

[[solver]]
kind = "heun"

[observe]
levels = 3
"""
ANALYSES = """
[[analysis]]
name = "few"
kind = "information"
sigma_min = 0.05
sigma_max = 5.0
levels = 6
samples = [100, 200]
"""
LONG = """\
[[distribution]]
kind = "gaussian"
dim = 2

[[analysis]]
kind = "information"
levels = 5
samples = 1000000
"""
BLOCKS, PARTS = 6, 36
TASKS = BLOCKS + PARTS
FAULTY = BLOCKS + 1  # the second part of the first analysis
THROW = f"throw@{FAULTY}"
SLOWLY = f"{THROW},sleep@*=0.03"
LAYOUTS = [(2, 2), (3, 1), (1, 4), (5, 2)] if FULL else [(3, 1)]


@pytest.fixture
def lab(tmp_path):
    lab = Lab(tmp_path)
    lab.write("study.toml", LAWS + SOLVERS + ANALYSES)
    yield lab
    lab.close()


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The study, computed undisturbed on one rank and thread, with one part that fails."""
    lab = Lab(tmp_path_factory.mktemp("reference"))
    lab.write("study.toml", LAWS + SOLVERS + ANALYSES)
    lab.check("run", "study.toml", "-o", "reference.h5", "--threads", 1, "--quiet", fault=THROW, code=TASK_FAILED)
    lab.verify("reference.h5")
    lab.close()
    return lab.path("reference.h5")


def test_the_plan_tells_them(lab):
    plan = lab.json("plan", "study.toml", "--json")
    assert plan["tasks"] == TASKS and len(plan["points"]) == 3 and len(plan["analyses"]) == 6
    first = plan["analyses"][0]
    assert (first["analysis"], first["distribution"], first["parts"]) == ("few", "ring", 6)
    assert first["axes"] == {"analysis.few.samples": 100} and first["core_seconds"] > 0.0
    text = lab.check("plan", "study.toml").out
    assert "6 analyses of distributions, 36 tasks" in text and "x 6 levels" in text


def test_they_run_without_schedules_and_solvers(lab, reference):
    lab.write("alone.toml", LAWS + ANALYSES)
    lab.check("run", "alone.toml", "-o", "alone.h5", "--quiet")
    lab.verify("alone.h5")
    with h5py.File(lab.path("alone.h5")) as alone, h5py.File(reference) as both:
        assert len(alone["tasks/status"]) == PARTS and not alone["tasks/count"][:].any()
        assert set(alone["points/analysis"].asstr()[:]) == {"few"} and not any(alone["points/solver"].asstr()[:])
        ids, others = alone["points/id"][:], both["points/id"][3:]
        assert (ids == others).all(), "identities do not depend on what else a study does"
        for name, group in alone["results"].items():
            other = both["results"][name]
            assert group.attrs["analysis"] == "information" and group.attrs["part_axis"] == "level"
            for field in set(group) - {"point", "level", "point_index"}:
                same = group[field][-1].tobytes() == other[field][-1].tobytes()  # the last one has no failed part
                assert same, (name, field)


def test_records_are_on_named_axes(reference):
    with h5py.File(reference) as file:
        ring = file["results/information_dim2"]
        assert ring["mmse"].attrs["dimensions"] == "point level" and ring["mmse"].shape == (2, 6)
        assert ring["mmse"].attrs["rows"] == "per_block" and ring["mmse"].attrs["units"] == "data^2"
        assert "analysis" not in file["results/dim2_levels3"].attrs
        sigma = ring["sigma"][1]
        numpy.testing.assert_allclose(sigma, numpy.geomspace(5.0, 0.05, 6), rtol=1e-14)
        row = file["tasks/point"][BLOCKS]
        assert row == 3 and file["points/analysis"].asstr()[row] == "few"
        assert json.loads(file["points/parameters"].asstr()[row])["analysis"]["parameters"]["levels"] == "6"


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout[0]}x{layout[1]}")
def test_the_same_bits_on_any_layout_killed_or_not(lab, reference, moments, layout):
    ranks, threads = layout
    run = ["run", "study.toml", "-o", "out.h5", "--threads", threads, "--epoch", 0.05, "--quiet"]
    out = lab.path("out.h5")
    job = lab.start(*run, ranks=ranks, fault=f"{THROW},sleep@*={0.05 * ranks * threads:.2f}")
    wait_until(lambda: out.exists() or not job.running(), "the file")
    flagged, enough = flags_watch(out), moments.randint(1, TASKS // 2)
    wait_until(lambda: flagged() >= enough or not job.running(), f"{enough} flags")
    job.kill()
    assert 0 < numpy.count_nonzero(statuses(out)) < TASKS, "killed too late or too early to tell anything"
    lab.verify("out.h5")
    lab.check(*run, "--resume", ranks=ranks + 1, fault=SLOWLY, code=TASK_FAILED)
    lab.verify("out.h5")
    lab.assert_same("out.h5", reference)


def test_a_failing_part_ends_nothing_and_is_tried_again(lab, reference):
    status = lab.json("status", reference, "--json")
    assert (status["done"], status["failed"], status["pending"]) == (TASKS - 1, 1, 0)
    assert status["failures"][0]["task"] == FAULTY and "fault on demand" in status["failures"][0]["message"]
    assert status["failures"][0]["part"] == "analysis few of ring, level 1"
    assert (status["analysis_parts"], status["analysis_parts_done"]) == (PARTS, PARTS - 1)
    text = lab.check("status", reference).out
    assert f"of these {PARTS - 1} of {PARTS} parts of analyses done" in text
    assert f"task {FAULTY} (analysis few of ring, level 1) failed: fault on demand" in text
    run = ["run", "study.toml", "-o", "out.h5", "--quiet"]
    lab.check(*run, fault=THROW, code=TASK_FAILED)
    lab.check(*run, "--resume", "--retry-failed", code=DONE)
    lab.verify("out.h5")
    assert "done only in out.h5" in lab.check("diff", "out.h5", reference, code=1).out
    lab.check("run", "study.toml", "-o", "whole.h5", "--quiet", "--threads", 2)
    lab.assert_same("out.h5", "whole.h5")


def test_a_stop_comes_between_parts(lab):
    run = ["run", "study.toml", "-o", "out.h5", "--quiet", "--threads", 2]
    job = lab.run(*run, "--max-time", "00:00:06", "--epoch", 0.1, fault="sleep@*=0.7")
    assert job.code == STOPPED, job.err
    assert job.seconds < 8.0, "a busy machine has two seconds more"
    assert 0 < numpy.count_nonzero(statuses(lab.path("out.h5"))) < TASKS
    lab.check(*run, "--resume")
    lab.check("run", "study.toml", "-o", "whole.h5", "--quiet")
    lab.assert_same("out.h5", "whole.h5")


def test_all_threads_of_a_rank_work_on_parts(lab):
    """Nobody conducts while he works on a part: the threads would run dry meanwhile."""
    lab.write("alone.toml", LAWS + ANALYSES)
    lab.check("run", "alone.toml", "-o", "out.h5", "--quiet", "--threads", 4, fault="sleep@*=0.2")
    with h5py.File(lab.path("out.h5")) as file:
        start, seconds = file["tasks/start"][:], file["tasks/seconds"][:]
    at_once = [numpy.count_nonzero((start <= now) & (now < start + seconds)) for now in start]
    assert max(at_once) == 4


def test_no_rank_hoards_long_parts(lab):
    """What a rank has fetched ahead would wait behind its long part."""
    lab.write("long.toml", LONG)
    job = lab.start("run", "long.toml", "-o", "out.h5", "--quiet", "--threads", 1, "--epoch", 0.05, ranks=2,
                    fault="sleep@0=120")  # fmt: skip
    wait_until(lambda: lab.path("out.h5").exists(), "the file")
    flagged = flags_watch(lab.path("out.h5"))
    wait_until(lambda: flagged() == 4, "the other rank to do all else", 40.0)
    with h5py.File(lab.path("out.h5")) as file:
        assert (file["tasks/predicted_seconds"][:] >= 0.1).all(), "long for the engine"
    job.kill()


def test_finished_parts_are_written_while_a_long_one_runs(lab):
    job = lab.start("run", "study.toml", "-o", "out.h5", "--quiet", "--threads", 2, "--epoch", 0.05,
                    fault=f"sleep@{FAULTY}=20")  # fmt: skip
    wait_until(lambda: lab.path("out.h5").exists(), "the file")
    flagged = flags_watch(lab.path("out.h5"))
    wait_until(lambda: flagged() == TASKS - 1, "all flags but one", 15.0)
    assert job.running() and statuses(lab.path("out.h5"))[FAULTY] == 0
    job.kill()
    lab.verify("out.h5")


@pytest.mark.parametrize("ranks", [None, 2])
def test_a_stop_waits_for_the_parts_under_way(lab, ranks):
    lab.write("alone.toml", LAWS + ANALYSES)
    job = lab.start("run", "alone.toml", "-o", "out.h5", "--threads", 1, "--epoch", 60, ranks=ranks,
                    fault="sleep@*=2")  # fmt: skip
    wait_for_session(lab.path("out.h5"))
    time.sleep(0.7)
    job.signal(signal.SIGUSR1)  # no part has ended yet, no epoch either
    assert job.wait().code == STOPPED, job.err
    # A rank that the machine lets wait may not have begun one.
    assert 1 <= numpy.count_nonzero(statuses(lab.path("out.h5")) == 1) <= (ranks or 1), "what was begun is written"
    lab.verify("out.h5")


def test_damage_is_named_and_repaired(lab, reference):
    lab.check("run", "study.toml", "-o", "out.h5", "--quiet")
    with h5py.File(lab.path("out.h5")) as file:
        offset = file["results/information_dim3/mmse"].id.get_offset()
    with open(lab.path("out.h5"), "r+b") as file:
        file.seek(offset + 8 * 8)  # the third part of the second distribution of this shape
        byte = file.read(1)[0]
        file.seek(offset + 8 * 8)
        file.write(bytes([byte ^ 1]))
    told = lab.check("verify", "out.h5", code=1)
    assert "row mmse" in told.out + told.err
    lab.check("verify", "--repair", "out.h5", code=1)
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--quiet")
    lab.verify("out.h5")
    lab.check("run", "study.toml", "-o", "whole.h5", "--quiet")
    lab.assert_same("out.h5", "whole.h5")


def test_the_summary_carries_them_over(lab, reference):
    lab.check("aggregate", reference, "-o", "summary.h5")
    with h5py.File(reference) as file, h5py.File(lab.path("summary.h5")) as summary:
        for name, group in summary["results"].items():
            source = file["results"][name]
            if "analysis" not in source.attrs:
                assert "spectrum_mean" in group
                continue
            assert dict(group.attrs) == dict(source.attrs)
            done = group["done"][:].astype(bool)
            assert done.sum() == done.size - (name == "information_dim2")
            for field in set(source) - {"point", "level", "point_index"}:
                numpy.testing.assert_array_equal(group[field][:][done], source[field][:][done])
                assert numpy.isnan(group[field][:][~done]).all()
        table = summary["task_summary"]
        assert table["tasks"][:].tolist() == [2] * 3 + [6] * 6
        assert table["done"][:].tolist() == [2] * 3 + [5] + [6] * 5
        assert table["particles"][:].tolist() == [64] * 3 + [0] * 6


def test_mistakes_end_before_anything_is_written(lab):
    before = lab.listing()
    wrong = lab.check("run", "study.toml", "-o", "out.h5", "--set", "analysis.few.sigma_min=9", code=USAGE)
    assert "sigma_min is greater than sigma_max" in wrong.err
    wrong = lab.check("run", "study.toml", "-o", "out.h5", "--set", "analysis.few.distributions=[\"rng\"]", code=USAGE)
    assert "did you mean 'ring'" in wrong.err
    assert lab.listing() == before


def test_the_preview_computes_them_whole(lab):
    told = lab.check("run", "study.toml", "-o", "out.h5", "--preview").err
    assert "means at the last" in told and "analysis few of ring samples=100" in told
    with h5py.File(lab.path("out.h5")) as file:
        few, many = file["results/information_dim2/mutual_information"][:, -1]
    before, after = told.split("analysis few of ring samples=200")
    assert f"{few:.5g}" in before and f"{many:.5g}" in after, "a line for the last level"
    assert f"{many:.5g}" not in before
    assert len(statuses(lab.path("out.h5"))) == 3 + PARTS and (statuses(lab.path("out.h5")) == 1).all()
