"""What each step adds to the error at the end: Euler on a Gaussian in closed form, the shipped study, its figure."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import ANALYSIS, Run
from sigmaflow_analysis import AnalysisError, Store, error_budget, open_store, open_summary
from sigmaflow_analysis.command_line import main
from sigmaflow_analysis.figures import error_budgets
from test_figures import check_files, texts_overlap

CLOSED = """
[study]
name = "closed"
particles = 64
[[distribution]]
kind = "gaussian"
variances = [0.09]
[[schedule]]
kind = "edm"
grid = "log"
sigma_max = 20.0
sigma_min = 0.1
steps = 9
[[solver]]
kind = "euler"
[observe]
levels = LEVELS
quantities = ["error_budget", "predicted_error", "global_error"]
"""


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def shipped(sigmaflow: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of jobs/studies with few particles."""
    path = tmp_path_factory.mktemp("budget") / "budget.h5"
    study = ANALYSIS.parent / "jobs" / "studies" / "error-budget.toml"
    sigmaflow("run", study, "-o", path, "--quiet", "--set", "study.particles=64", "--set", "study.block=64")
    return path


@pytest.fixture(scope="module")
def store(shipped: Path) -> Store:
    return open_store(shipped)


def test_euler_on_a_gaussian(sigmaflow: Run, tmp_path: Path) -> None:
    """Step i leaves the factor cos(D_i), D_i = phi_i - phi_{i+1}; with P_i = prod_{j<i} cos(D_j) it adds
    (1 - cos D_i) P_i of the exact position, and all of them 1 - P_n."""
    (tmp_path / "s.toml").write_text(CLOSED.replace("LEVELS", '"grid"'))
    sigmaflow("run", tmp_path / "s.toml", "-o", tmp_path / "s.h5", "--quiet")
    budget = error_budget(open_store(tmp_path / "s.h5").select_point())
    cosines = np.cos(np.diff(np.arctan(np.geomspace(20.0, 0.1, 9) / 0.3)))
    before = np.concatenate([[1.0], np.cumprod(cosines)[:-1]])
    expected = (1.0 - cosines) * before / (1.0 - np.prod(cosines))
    np.testing.assert_allclose(budget["contribution"][:, 0] / budget["predicted"][0], expected, rtol=1e-10)
    np.testing.assert_allclose(budget["measured"], budget["predicted"], rtol=1e-11)
    np.testing.assert_allclose(budget["sigma_from"], np.geomspace(20.0, 0.1, 9)[:-1], rtol=1e-12)
    np.testing.assert_allclose(budget["sigma_to"], np.geomspace(20.0, 0.1, 9)[1:], rtol=1e-12)


def test_the_way_up(sigmaflow: Run, tmp_path: Path) -> None:
    """From data to noise the parts of the steps belong to the same intervals, and add up to the error at the top."""
    text = CLOSED.replace("LEVELS", '"grid"').replace("steps = 9", 'steps = 9\ndirection = "up"')
    (tmp_path / "s.toml").write_text(text)
    sigmaflow("run", tmp_path / "s.toml", "-o", tmp_path / "s.h5", "--quiet")
    budget = error_budget(open_store(tmp_path / "s.h5").select_point())
    cosines = np.cos(np.diff(np.arctan(np.geomspace(0.1, 20.0, 9) / 0.3)))
    before = np.concatenate([[1.0], np.cumprod(cosines)[:-1]])
    expected = (1.0 - cosines) * before / (1.0 - np.prod(cosines))
    np.testing.assert_allclose(budget["contribution"][::-1, 0] / budget["predicted"][0], expected, rtol=1e-10)
    np.testing.assert_allclose(budget["measured"], budget["predicted"], rtol=1e-11)
    np.testing.assert_allclose(budget["sigma_from"], np.geomspace(20.0, 0.1, 9)[:-1], rtol=1e-12)


def test_parts_need_levels(sigmaflow: Run, tmp_path: Path, finished: Path) -> None:
    (tmp_path / "s.toml").write_text(CLOSED.replace("LEVELS", "[0.1]"))
    sigmaflow("run", tmp_path / "s.toml", "-o", tmp_path / "s.h5", "--quiet")
    with pytest.raises(AnalysisError, match="has one level"):
        error_budget(open_store(tmp_path / "s.h5").select_point())
    with pytest.raises(AnalysisError, match="no quantity 'error_budget'"):
        error_budget(open_store(finished).select_points()[0])


def test_parts_add_up(store: Store) -> None:
    """To the prediction, for every law and setting; on the Gaussian that is the error, on planes nearly (errors of
    second order in a local error of at most 1e-2)."""
    for point in store.select_points():
        budget = error_budget(point)
        scale = float(np.abs(budget["contribution"]).sum())
        np.testing.assert_allclose(budget["contribution"].sum("step"), budget["predicted"], atol=1e-12 * scale)
        assert (budget["predicted"] > 0.0).all()
        if point["distribution"].item() == "gaussian":
            np.testing.assert_allclose(budget["measured"], budget["predicted"], rtol=1e-6)
    planes = error_budget(store.select_point(distribution="planes", solver="heun", grid="rho"))
    ratio = float(planes["measured"].sum() / planes["predicted"].sum())
    print(f"\n[claim] budget-explains-planes {ratio:.4g}")
    assert ratio == pytest.approx(1.0, abs=0.05)


def test_what_grids_cost(store: Store) -> None:
    """README: nearly all of Heun's error on the grid entropy comes from its first step."""
    for law in ("gaussian", "planes"):
        budget = error_budget(store.select_point(distribution=law, solver="heun", grid="entropy"))
        first = float(budget["contribution"][0].sum() / budget["predicted"].sum())
        print(f"\n[claim] budget-first-step-{law} {first:.4g}")
        assert first > 0.95
    even = error_budget(store.select_point(distribution="gaussian", solver="heun", grid="rho"))
    assert float(even["contribution"].sum("rank").max() / even["predicted"].sum()) < 0.25


def test_figure(store: Store, tmp_path: Path) -> None:
    points = store.select_points(solver="heun")
    axes = error_budgets(points)
    assert axes.shape == (3, 5) and all(panel.get_visible() for panel in axes.flat)
    for point, panel in zip(points, axes.flat):
        budget = error_budget(point)
        whole = float(budget["predicted"].sum())
        assert panel.get_xscale() == "log" and panel.xaxis_inverted()
        assert f"predicted {whole:.1e}, true {float(budget['measured'].sum()):.1e}" in panel.get_title(loc="left")
        assert len(panel.patches) == 4
        for rank, stairs in enumerate(panel.patches):
            values, edges, _ = stairs.get_data()
            np.testing.assert_allclose(values, 100.0 * budget["contribution"][:, rank] / whole, rtol=1e-9)
            np.testing.assert_array_equal(edges[:-1], budget["sigma_from"])
        assert np.sum([stairs.get_data()[0].sum() for stairs in panel.patches]) == pytest.approx(100.0)
    assert [panel.get_title(loc="left").split("\n")[0] for panel in axes[0]] == [
        *(f"heun on edm, grid = {grid}" for grid in ("rho", "log", "entropy", "error")), "heun on rectified-scaled"]
    assert "gaussian" in axes[0, 0].get_ylabel() and "[%]" in axes[0, 0].get_ylabel()
    assert not texts_overlap(axes[0, 0])
    check_files(axes[0, 0], tmp_path)


def test_figure_has_room_for_six(store: Store) -> None:
    with pytest.raises(AnalysisError, match="9 settings are too many side by side: choose with --solver"):
        error_budgets(store.select_points())
    some = store.select_points(distribution=["gaussian", "cloud"], solver="dpmpp_2m", grid=["rho", "log"])
    assert error_budgets(some).shape == (2, 2)


def test_command_line_and_summary(shipped: Path, sigmaflow: Run, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Statistics of all particles: the summary has them too."""
    sigmaflow("aggregate", shipped, "-o", tmp_path / "summary.h5")
    labels = {"distribution": "planes", "solver": "heun", "grid": "log"}
    one = error_budget(open_store(shipped).select_point(**labels))
    other = error_budget(open_summary(tmp_path / "summary.h5").select_point(**labels))
    np.testing.assert_allclose(other["contribution"], one["contribution"], rtol=1e-12, atol=1e-18)
    target = tmp_path / "budget.png"
    assert main(["figure", "error_budgets", str(shipped), "--solver", "heun", "-o", str(target)]) == 0
    assert capsys.readouterr().err == "" and target.stat().st_size > 50_000
