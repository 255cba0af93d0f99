"""Tables and figure of trees: masses that add up, merges against scipy, what is drawn where."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr
from conftest import Run
from scipy.cluster.hierarchy import average
from sigmaflow_analysis import open_store
from sigmaflow_analysis.branch_tree import (branch_table, class_masses, merge_table, order_conflict, pair_table,
                                            set_differences)
from sigmaflow_analysis.command_line import main
from sigmaflow_analysis.figures import branch_tree
from sigmaflow_analysis.figures.branch_tree import leaf_order, width_of

STUDY = """
[study]
name = "trees"
[[distribution]]
name = "four"
kind = "gaussian_mixture"
weights = [0.35, 0.2, 0.3, 0.15]
means = [[-3.0, 0.0], [-1.0, 1.0], [2.0, 0.5], [3.0, -1.5]]
widths = [0.3, 0.2, 0.4, 0.2]
[[analysis]]
name = "branches"
kind = "tree"
sigma_min = 0.05
sigma_max = 20.0
leaves = 6
samples = 1000
block = 300
[[analysis]]
name = "classes"
kind = "class_tree"
sigma_min = 0.2
sigma_max = 20.0
samples = 500
"""


@pytest.fixture(scope="module")
def trees(sigmaflow: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = tmp_path_factory.mktemp("trees") / "trees.toml"
    study.write_text(STUDY)
    sigmaflow("run", study, "-o", study.with_suffix(".h5"), "--quiet")
    return study.with_suffix(".h5")


def record(path: Path, label: str) -> xr.Dataset:
    return open_store(path).select_analyses(analysis=label)[0]


def test_masses_of_branches_add_up(trees: Path) -> None:
    table = branch_table(record(trees, "branches"))
    assert table.index.tolist() == [0, 1, 2, 3] and table["parent"].tolist() == [-1, 0, 0, 1]
    assert table["mass"].sum() == pytest.approx(1.0, abs=1e-12)
    assert table["branch_mass"].tolist() == pytest.approx(
        [1.0, table["mass"][1] + table["mass"][3], table["mass"][2], table["mass"][3]])
    weights = np.array([0.35, 0.3, 0.2, 0.15])
    error = np.sqrt(weights * (1.0 - weights) / 1000.0)
    assert np.abs(table["mass"] - weights).max() < 4.5 * error.max()
    np.testing.assert_allclose(table["mass_error"], error, rtol=0.15)
    assert table["gaussian_mass"].tolist() == pytest.approx(weights, abs=2e-3)


def test_merges_are_those_of_scipy(trees: Path) -> None:
    """Average linkage of ln splitting sigma, an implementation of its own."""
    classes = record(trees, "classes")
    found = merge_table(classes)
    for part in range(2):
        expected = average(np.log(classes["splitting_sigma"].values[part]))
        ours = found[found["set"] == part]
        assert np.sort(ours[["first", "second"]].values, axis=1).tolist() == np.sort(expected[:, :2], axis=1).tolist()
        np.testing.assert_allclose(ours["sigma"], np.exp(expected[:, 2]), rtol=1e-13)


def test_sets_agree_within_their_errors(trees: Path) -> None:
    classes = record(trees, "classes")
    assert np.abs(set_differences(classes)).max() < 4.5
    assert order_conflict(classes) < 4.5
    assert class_masses(classes).sum() == pytest.approx(1.0)
    table = pair_table(classes)
    assert table["sigma"].is_monotonic_decreasing and len(table) == 6
    single = classes["splitting_sigma_error"].values.min(axis=0).max()
    assert table["error"].max() < single, "two sets know more than one"


def test_conflicts_are_those_of_opposite_orders() -> None:
    pairs = xr.Dataset({"splitting_sigma": (("set", "pair"), [[1.0, 2.0, 3.0], [1.0, 3.0, 2.5]]),
                        "splitting_sigma_error": (("set", "pair"), [[0.3, 0.4, 0.3], [0.1, 0.6, 0.8]])})
    assert order_conflict(pairs) == pytest.approx(0.5)  # 1/0.5 in the first, 0.5/1 in the second
    assert set_differences(pairs)[1] == pytest.approx(-1.0 / np.hypot(0.4, 0.6))
    same = pairs.isel(set=[0, 0])
    assert order_conflict(same) == 0.0


def test_branches_are_as_wide_as_their_masses(trees: Path) -> None:
    branches = record(trees, "branches")
    table = branch_table(branches)
    axes = branch_tree(branches)
    limbs = [line for line in axes.get_lines() if line.get_label() != "_fork"]
    widths = sorted(line.get_linewidth() for line in limbs)
    expected = sorted(map(width_of, [*table["mass"], table["mass"][0] + table["mass"][2], 1.0,
                                     table["branch_mass"][1]]))
    assert widths == pytest.approx(expected)
    forks = sorted(line.get_xdata()[0] for line in axes.get_lines() if line.get_label() == "_fork")
    assert forks == pytest.approx(sorted(table["splitting_sigma"].dropna()))
    assert leaf_order(table) in ([2, 0, 3, 1], [2, 0, 1, 3], [3, 1, 0, 2])
    assert axes.xaxis_inverted() and axes.get_xscale() == "log"
    plt.close(axes.figure)


def test_classes_are_drawn_with_their_names(trees: Path) -> None:
    classes = record(trees, "classes")
    axes = branch_tree(classes, names=["a", "b", "c", "d"])
    assert sorted(text.get_text()[0] for text in axes.texts) == ["a", "b", "c", "d"]
    merges = merge_table(classes)
    forks = [line.get_xdata()[0] for line in axes.get_lines() if line.get_label() == "_fork"]
    assert forks == pytest.approx(merges[merges["set"] == 0]["sigma"].tolist())
    plt.close(axes.figure)


def test_the_command(trees: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "tree.png"
    assert main(["figure", "branch_tree", str(trees), "--set", "analysis=branches", "-o", str(target)]) == 0
    assert target.stat().st_size > 5_000
    assert main(["figure", "branch_tree", str(trees), "-o", str(target)]) == 2
    assert "a tree is drawn of one" in capsys.readouterr().err
    assert main(["figure", "branch_tree", str(trees), "--distribution", "none", "-o", str(target)]) == 2
    assert "no analysis of kind tree or class_tree" in capsys.readouterr().err
