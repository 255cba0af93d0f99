"""The bifurcation diagram of records that the program made."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import Run
from sigmaflow_analysis import open_store
from sigmaflow_analysis.command_line import main
from sigmaflow_analysis.figures import bifurcations
from sigmaflow_analysis.figures.bifurcations import branch, law_name, liveliest
from sigmaflow_analysis.memorisation import records_of

STUDY = """
[study]
name = "bifurcations"
[[distribution]]
name = "pair"
kind = "two_deltas"
dim = 1
weight = [0.5, 0.6]
[[distribution]]
name = "triangle"
kind = "simplex"
dim = 2
radius = 1.0
[[distribution]]
name = "shell"
kind = "ellipsoid_shell"
dim = 3
[[analysis]]
name = "diagram"
kind = "branches"
"""


@pytest.fixture(scope="module")
def file(sigmaflow: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = tmp_path_factory.mktemp("bifurcations") / "study.toml"
    study.write_text(STUDY)
    sigmaflow("run", study, "-o", study.with_suffix(".h5"), "--quiet")
    return study.with_suffix(".h5")


def lines_of(axes: plt.Axes, style: str) -> list[plt.Line2D]:
    return [line for line in axes.get_lines() if line.get_linestyle() == style and len(line.get_xdata()) > 1]


def test_one_law_has_a_panel_per_coordinate_and_the_number_of_modes(file: Path) -> None:
    record, = records_of(open_store(file), "branches", distribution="triangle")
    axes = bifurcations([record])
    assert axes.shape == (1, 3)
    for coordinate in range(2):
        panel = axes[0, coordinate]
        assert [len(lines_of(panel, style)) for style in ("-", "--", ":")] == [4, 6, 1]
        marks = [line for line in panel.get_lines() if line.get_linestyle() == "None"]
        assert [line.get_marker() for line in marks] == ["o", "o", "o", "*"]
        assert panel.get_xlabel() and panel.get_ylabel().startswith("stationary points")
    steps = axes[0, 2].patches[0].get_data()
    assert list(steps.values) == [3, 4, 1]
    assert steps.edges[1:3] == pytest.approx([0.7071067811865475, 0.7391346294297548])
    plt.close("all")


def test_a_family_is_drawn_at_its_distance_on_both_sides(file: Path) -> None:
    record, = records_of(open_store(file), "branches", distribution="shell")
    panel = bifurcations([record])[0, 0]
    wide = [line for line in panel.get_lines() if line.get_linewidth() > 2 and len(line.get_xdata()) > 1]
    assert len(wide) == 2
    up, down = wide
    assert np.allclose(up.get_ydata(), -down.get_ydata()) and up.get_ydata().max() == pytest.approx(1.0, abs=1e-2)
    plt.close("all")


def test_several_laws_have_a_panel_each(file: Path) -> None:
    records = records_of(open_store(file), "branches")
    axes = bifurcations(records)
    assert axes.shape == (2, 3)
    assert [panel.get_title(loc="left") for panel in axes.flat[:4]] == [
        "pair, weight = 0.5", "pair, weight = 0.6", "triangle", "shell"]
    assert not axes.flat[4].axison
    plt.close("all")


def test_branches_run_from_high_to_low_sigma(file: Path) -> None:
    record = records_of(open_store(file), "branches", distribution="triangle")[0].isel(diagram=0)
    for i in range(int(record["branch_count"])):
        sigma, x = branch(record, i)
        assert len(sigma) > 3 and (np.diff(sigma) <= 0).all() and x.shape == (len(sigma), 2)
    assert law_name(record) == "triangle" and liveliest(record) == 1


def test_the_command_draws_and_complains(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "all.png"
    assert main(["figure", "bifurcations", str(file), "-o", str(target)]) == 0
    assert target.stat().st_size > 10_000
    assert main(["figure", "bifurcations", str(file), "--set", "distribution=square", "-o", str(target)]) != 0
    assert "no analysis of kind branches" in capsys.readouterr().err
