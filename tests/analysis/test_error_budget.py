"""The figure of the explained error, and results of the way up."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr
from sigmaflow_analysis import AnalysisError, Store, open_store
from sigmaflow_analysis.figures import error_budget, mmse, save, spectrum
from sigmaflow_analysis.statistics import level_means

STUDY = """
[study]
name = "errors"
particles = 96
block = 32
[[distribution]]
kind = "gaussian"
covariance = [[2.0, 0.9], [0.9, 0.5]]
[[schedule]]
name = "down"
kind = "edm"
sigma_min = 0.05
sigma_max = 20.0
steps = 14
[[schedule]]
name = "up"
kind = "edm"
sigma_min = 0.05
sigma_max = 20.0
steps = 14
direction = "up"
[[solver]]
kind = "heun"
[[solver]]
kind = "marginal"
[sweep]
exclude = [{ "solver.name" = "marginal", "schedule.name" = "up" }]
[observe]
levels = "grid"
quantities = QUANTITIES
keep_particles = 96
"""


@pytest.fixture(scope="module")
def made(sigmaflow: Callable, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Store]:
    """The study with these quantities, without what this excludes."""
    def make(quantities: str, without: str = "") -> Store:
        study = tmp_path_factory.mktemp("errors") / "errors.toml"
        study.write_text(STUDY.replace("QUANTITIES", quantities))
        extra = ("--set", f"sweep.exclude={without}") if without else ()
        sigmaflow("run", study, "-o", study.with_suffix(".h5"), "--quiet", *extra)
        return open_store(study.with_suffix(".h5"))
    return make


@pytest.fixture(scope="module")
def explained(made: Callable) -> Store:
    return made('["global_error", "predicted_error", "error_budget"]', '[{ "solver.name" = "marginal" }]')


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("schedule", ["down", "up"])
def test_error_budget(explained: Store, tmp_path: Path, schedule: str) -> None:
    point: xr.Dataset = explained.select_point(schedule=schedule)
    axes = error_budget(point)
    order = np.argsort(-point["sigma"].values)
    kept = point["error_budget"].transpose("particle", "level", "rank").values  # all particles are
    for rank, line in enumerate(axes.lines):
        assert (np.diff(line.get_xdata()) < 0.0).all()
        expected = np.sqrt((kept[:, order, rank] ** 2).mean(axis=0))
        np.testing.assert_allclose(np.nan_to_num(line.get_ydata()), expected, rtol=1e-12)
    end = int(np.argmin(point["sigma"].values) if schedule == "down" else np.argmax(point["sigma"].values))
    for text, rank in zip(axes.get_legend().get_texts(), range(2)):
        total = np.sqrt((point["global_error"].transpose("particle", "level", "rank").values[:, end, rank] ** 2).mean())
        assert f"{total:.3g} predicted, {total:.3g} measured" in text.get_text()  # equal on a Gaussian
    assert [path.stat().st_size > 1000 for path in save(axes.figure, tmp_path / "budget")] == [True, True]


def test_error_budget_needs_its_quantities(finished: Path) -> None:
    with pytest.raises(AnalysisError, match="no quantity 'error_budget'"):
        error_budget(open_store(finished).select_point(distribution="ring", solver="heun", steps=12))


def test_results_of_the_way_up_are_read_from_the_largest_sigma_down(made: Callable) -> None:
    store = made('["mmse", "spectrum"]')
    up, draws = store.select_point(schedule="up"), store.select_point(schedule="down", solver="marginal")
    assert (np.diff(up["sigma"].values) > 0.0).all()
    sigma, mean, _ = level_means(up, "mmse")
    assert (np.diff(sigma) < 0.0).all()
    np.testing.assert_allclose(mean, level_means(draws, "mmse")[1], rtol=1e-12)  # a Gaussian's C does not see x
    for line in (mmse([up]).lines[0], spectrum(up).lines[0]):
        assert (np.diff(line.get_xdata()) < 0.0).all() and np.isfinite(line.get_ydata()).all()
