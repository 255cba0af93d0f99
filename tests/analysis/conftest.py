"""Small result files, made by the real program (its path is in SIGMAFLOW), once per session."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Callable

import matplotlib
import pandas as pd
import pytest

ANALYSIS = Path(__file__).resolve().parents[2] / "analysis"
sys.path.insert(0, str(ANALYSIS))
matplotlib.use("Agg")
from sigmaflow_analysis import open_store, work_precision  # noqa: E402, found by the path above

SMALL = """
[study]
name = "small"
particles = 128
block = 32

[[distribution]]
name = "ring"
kind = "ring"
count = 5
width = 0.1

[[distribution]]
name = "two"
kind = "two_deltas"
dim = [1, 3]
width = 0.2

[[schedule]]
name = "edm"
kind = "edm"
steps = [8, 12]

[[solver]]
name = "euler"
kind = "euler"

[[solver]]
name = "heun"
kind = "heun"

[observe]
levels = 9
quantities = ["positions", "spectrum", "log_density", "mmse", "entropy"]
keep_particles = 128
"""

LAWS = """
[study]
name = "laws"
particles = 32
block = 32
[[distribution]]
kind = "gaussian"
covariance = [[2.0, 0.5], [0.5, 1.0]]
mean = [1.0, -2.0]
normalize = ["none", "center", "identity"]
[[distribution]]
name = "mixture"
kind = "gaussian_mixture"
weights = [1.0, 2.0, 0.0]
means = [[0.0, 1.0], [2.0, 0.0], [9.0, 9.0]]
covariances = [[[1.0, 0.2], [0.2, 0.5]], [[0.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]
normalize = ["none", "center", "identity"]
[[distribution]]
name = "widths"
kind = "gaussian_mixture"
means = [[0.0, 1.0], [2.0, 0.0]]
widths = [0.5, 0.1]
[[distribution]]
kind = "parallel_planes"
dim = 3
codim = 2
offset = 0.7
normalize = ["none", "identity"]
[[distribution]]
kind = "crossing_planes"
dim = 5
codim = 2
angle = 40.0
scale = 2.0
[[distribution]]
kind = "two_deltas"
dim = 2
width = 0.3
weight = 0.2
normalize = ["none", "center"]
[[distribution]]
kind = "hypercube"
dim = 3
radius = 0.5
width = 0.1
normalize = ["none", "identity"]
[[distribution]]
kind = "simplex"
dim = 4
radius = 2.0
[[distribution]]
kind = "ring"
dim = 3
count = 7
width = 0.05
[[distribution]]
kind = "points"
values = [[0.0, 0.0], [1.0, 0.5], [-2.0, 1.0]]
weights = [1.0, 2.0, 3.0]
normalize = ["none", "identity"]
[[schedule]]
kind = "edm"
sigma_max = 10.0
sigma_min = 0.1
steps = 4
[[solver]]
kind = "heun"
[observe]
levels = 3
quantities = ["positions", "log_density"]
keep_particles = 32
"""

PLAIN = """
[study]
name = "plain"
particles = 2048
[[distribution]]
kind = "gaussian"
variances = [4.0, 0.25, 0.0]
[[distribution]]
kind = "ellipsoid_shell"
axes = [2.0, 1.0]
[[distribution]]
kind = "points"
values = [[0.0, 3.0], [2.0, 0.0], [-2.0, 0.0]]
weights = [2.0, 1.0, 1.0]
[[schedule]]
kind = "edm"
grid = "log"
sigma_max = [50.0, 2.0]
sigma_min = 0.05
steps = 40
[[solver]]
kind = "marginal"
[observe]
levels = "grid"
quantities = ["mmse", "log_density"]
"""

RACE = """
[study]
name = "race"
particles = 64
block = 32
[[distribution]]
name = "narrow"
kind = "gaussian"
variances = [0.09]
[[distribution]]
kind = "ring"
count = 3
width = 0.2
[[schedule]]
name = "down"
kind = "edm"
grid = ["rho", "own"]
sigma_max = 20.0
sigma_min = 0.1
steps = [5, 9]
[[schedule]]
name = "higher"
kind = "edm"
grid = "log"
sigma_max = 40.0
sigma_min = 0.1
steps = 9
[[schedule]]
name = "up"
kind = "edm"
sigma_max = 20.0
sigma_min = 0.1
direction = "up"
steps = 5
[[solver]]
kind = "euler"
[[solver]]
kind = "exact"
[[solver]]
name = "loose"
kind = "dopri5"
rtol = [1e-3, 1e-11]
[[solver]]
name = "tight"
kind = "tsit5"
rtol = 1e-12
atol = 1e-13
[[solver]]
name = "weary"
kind = "dopri5"
rtol = 1e-7
max_steps = 36
[[solver]]
kind = "marginal"
[[solver]]
kind = "ancestral"
[sweep]
exclude = [
  { "solver.name" = "exact", "distribution.name" = "ring" },
  { "solver.name" = "ancestral", "schedule.name" = "up" },
]
[observe]
levels = [20.0, 0.1]
quantities = ["positions", "evaluations"]
keep_particles = 48
"""

ANALYSES = SMALL.replace("particles = 128", "particles = 32").replace("dim = [1, 3]", "dim = 3") + """
[[analysis]]
name = "about"
kind = "information"
sigma_min = 0.05
sigma_max = 5.0
levels = 4
samples = [64, 96]
"""

Run = Callable[..., subprocess.CompletedProcess]


@pytest.fixture(scope="session")
def sigmaflow() -> Run:
    """Calls the program: sigmaflow(*arguments, expect=exit code, fault=...)."""
    program = os.environ.get("SIGMAFLOW")
    if not program:
        pytest.fail("set SIGMAFLOW to the path of the program")

    def run(*arguments: object, expect: int = 0, fault: str = "") -> subprocess.CompletedProcess:
        environment = dict(os.environ, OMP_NUM_THREADS="1", SIGMAFLOW_FAULT=fault)
        done = subprocess.run([program, *map(str, arguments)], env=environment, capture_output=True, text=True,
                              timeout=120)
        assert done.returncode == expect, done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def small_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12 points in 3 groups, 4 blocks each; all particles are kept."""
    path = tmp_path_factory.mktemp("study") / "small.toml"
    path.write_text(SMALL)
    return path


@pytest.fixture(scope="session")
def finished(sigmaflow: Run, small_study: Path) -> Path:
    """The small study, all done."""
    path = small_study.with_name("finished.h5")
    sigmaflow("run", small_study, "-o", path, "--quiet")
    return path


@pytest.fixture(scope="session")
def analysed(sigmaflow: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two laws x two analyses beside 8 points, the second part of the first analysis failed."""
    study = tmp_path_factory.mktemp("analysed") / "analysed.toml"
    study.write_text(ANALYSES)
    sigmaflow("run", study, "-o", study.with_suffix(".h5"), "--quiet", expect=3, fault="throw@9")
    sigmaflow("aggregate", study.with_suffix(".h5"), "-o", study.with_name("summary.h5"))
    return study.with_suffix(".h5")


@pytest.fixture(scope="session")
def with_failure(sigmaflow: Run, small_study: Path) -> Path:
    """The small study with one failed task."""
    path = small_study.with_name("failure.h5")
    sigmaflow("run", small_study, "-o", path, "--quiet", expect=3, fault="throw@3")
    return path


@pytest.fixture(scope="session")
def stopped(sigmaflow: Run, small_study: Path) -> Path:
    """The small study, stopped on the way."""
    path = small_study.with_name("stopped.h5")
    sigmaflow("run", small_study, "-o", path, "--quiet", "--max-time", "00:00:02", expect=75, fault="sleep@*=0.2")
    return path


@pytest.fixture(scope="session")
def laws(sigmaflow: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of distribution whose density the figures know."""
    study = tmp_path_factory.mktemp("laws") / "laws.toml"
    study.write_text(LAWS)
    sigmaflow("run", study, "-o", study.with_suffix(".h5"), "--quiet")
    return study.with_suffix(".h5")


@pytest.fixture(scope="session")
def summary(sigmaflow: Run, with_failure: Path) -> Path:
    """The file with a failed task, aggregated."""
    path = with_failure.with_name("summary.h5")
    sigmaflow("aggregate", with_failure, "-o", path)
    assert path.exists()
    return path


@pytest.fixture(scope="session")
def matched_moments(sigmaflow: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of jobs/studies in two and four dimensions, with few particles."""
    path = tmp_path_factory.mktemp("matched") / "matched.h5"
    study = ANALYSIS.parent / "jobs" / "studies" / "matched-moments.toml"
    settings = {"study.particles": 1024, "distribution.dim": "[2, 4]", "distribution.points-2d.count": "[4, 8]",
                "distribution.points-10d.count": "[20, 40]", "distribution.points-1000d.count": "[2000, 4000]"}
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    sigmaflow("run", study, "-o", path, "--quiet", *words)
    return path


@pytest.fixture(scope="session")
def plain_moments(sigmaflow: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Laws as they are, drawn from p_sigma."""
    study = tmp_path_factory.mktemp("plain") / "plain.toml"
    study.write_text(PLAIN)
    sigmaflow("run", study, "-o", study.with_suffix(".h5"), "--quiet")
    return study.with_suffix(".h5")


@pytest.fixture(scope="session")
def raced(sigmaflow: Run, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Errors of the study of jobs/studies with 256 particles (FULL: all); laws, solvers, grids and steps are all there."""
    path = tmp_path_factory.mktemp("shootout") / "shootout.h5"
    study = ANALYSIS.parent / "jobs" / "studies" / "solver-shootout.toml"
    few = [] if os.environ.get("FULL", "0") not in ("", "0") else ["--set", "study.particles=256"]
    sigmaflow("run", study, "-o", path, "--quiet", *few)
    return work_precision(open_store(path))


@pytest.fixture(scope="session")
def race(sigmaflow: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Solvers whose errors are known in closed form, and points that race with nobody or with others."""
    study = tmp_path_factory.mktemp("race") / "race.toml"
    study.write_text(RACE)
    sigmaflow("run", study, "-o", study.with_suffix(".h5"), "--quiet")
    return study.with_suffix(".h5")
