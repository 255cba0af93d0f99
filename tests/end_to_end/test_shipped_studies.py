"""The studies of jobs/studies and the examples, run as a user would, with the times that the docs promise."""

import pathlib
import time

import h5py
import numpy

from conftest import STOPPED, flags_watch, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOY = ROOT / "jobs" / "studies" / "toy-models.toml"


def claim(name, value):
    print(f"\n[claim] {name} {value:.6g}")


def test_toy_models_killed_and_resumed_equal_one_rank(lab, moments):
    """mpirun -n 4, killed at random, resumed with -n 3: what an uninterrupted single rank computes."""
    started = time.monotonic()
    lab.check("run", TOY, "-o", "one.h5", "--threads", 1, ranks=1)
    claim("toy-study-seconds", time.monotonic() - started)
    out = lab.path("out.h5")
    job = lab.start("run", TOY, "-o", "out.h5", "--threads", 1, "--epoch", 0.4, ranks=4, fault="sleep@*=0.001")
    wait_until(out.exists, "the file")
    flagged, enough = flags_watch(out), moments.randint(1, 500)
    wait_until(lambda: flagged() >= enough or not job.running(), "done flags", 150.0)
    job.kill()
    done = flagged()
    assert 0 < done < 864
    lab.check("run", TOY, "-o", "out.h5", "--resume", ranks=3)
    lab.verify("out.h5")
    lab.assert_same("out.h5", "one.h5")
    claim("toy-kill-differences", 0)


def test_a_first_result_within_seconds(lab):
    started = time.monotonic()
    lab.path("s.toml").write_text(lab.check("example", "toy").out)
    shown = lab.check("run", "s.toml", "--preview").err
    seconds = time.monotonic() - started
    claim("preview-seconds", seconds)
    assert "least J" in shown and "two edm heun steps=8" in shown
    assert seconds < 30.0


def test_max_time_of_a_long_study_is_kept(lab):
    """The limit counts from the start and holds the last write: measured on a study that would take minutes, alone,
    since the start of mpirun is not the program's."""
    limit = 4.0
    job = lab.check("run", TOY, "-o", "out.h5", "--max-time", limit, "--epoch", 1, "--threads", 2, code=STOPPED,
                    fault="sleep@*=0.05")  # fmt: skip
    claim("max-time-used", job.seconds / limit)
    with h5py.File(lab.path("out.h5"), "r") as file:
        assert numpy.count_nonzero(file["tasks/status"][:]) > 0
        ended = float(file["sessions/end"][0] - file["sessions/start"][0])
    assert ended < limit
