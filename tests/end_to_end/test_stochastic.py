"""Stochastic solvers: the same Brownian paths, and so the same bits, on any layout and after a kill."""

import numpy
import pytest

from conftest import DONE, FAILED, USAGE, flags_watch, statuses, wait_until

STUDY = """\
[study]
seed = 3
particles = 150
block = 64

[[distribution]]
kind = "ring"
width = 0.1

[[schedule]]
kind = "edm"
steps = [6, 24]

[[solver]]
kind = "ancestral"

[[solver]]
kind = "edm_churn"

[[solver]]
kind = "dpmpp_2m_sde"
eta = [0.5, 1.0]

[[solver]]
kind = "mala"
steps = 5

[observe]
levels = 5
quantities = ["positions", "accepted"]
keep_particles = 150
"""
TASKS = 30


@pytest.fixture
def study(lab):
    name = lab.write("noisy.toml", STUDY)
    lab.check("run", name, "-o", "one.h5", "--threads", 1)
    return name


def test_bits_do_not_depend_on_the_layout(lab, study):
    for ranks, threads in ((2, 2), (3, 1)):
        lab.check("run", study, "-o", f"{ranks}.h5", "--threads", threads, "--epoch", 0.5,
                  ranks=ranks, fault="sleep@*=0.03")  # fmt: skip
        lab.assert_same(f"{ranks}.h5", "one.h5")


def test_killed_and_resumed_on_another_layout(lab, study, moments):
    job = lab.start("run", study, "-o", "out.h5", "--threads", 2, "--epoch", 0.05, ranks=2, fault="sleep@*=0.2")
    out = lab.path("out.h5")
    wait_until(out.exists, "the file")
    flagged, enough = flags_watch(out), moments.randint(1, TASKS // 2)
    wait_until(lambda: flagged() >= enough or not job.running(), "done flags")
    job.kill()
    assert 0 < numpy.count_nonzero(statuses(out)) < TASKS, "killed too late or too early to tell anything"
    lab.check("run", study, "-o", "out.h5", "--threads", 1, "--resume", ranks=3, code=DONE)
    lab.verify("out.h5")
    lab.assert_same("out.h5", "one.h5")


def test_another_seed_is_another_result(lab, study):
    lab.check("run", study, "-o", "other.h5", "--threads", 1, "--set", "study.seed=4")
    assert lab.check("diff", "one.h5", "other.h5", code=FAILED).out != ""


def test_likelihood_of_a_noisy_path_is_refused(lab, study):
    refused = lab.check("plan", study, "--set", "observe.quantities=[\"likelihood\"]", code=USAGE)
    assert "needs a solver that follows the flow" in refused.err
