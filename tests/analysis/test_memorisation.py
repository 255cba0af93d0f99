"""Tables and figure of memorisation: N, least noise and collapse where the records have them."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import Run
from sigmaflow_analysis import AnalysisError, open_store, open_summary
from sigmaflow_analysis.command_line import main
from sigmaflow_analysis.figures import memorisation
from sigmaflow_analysis.memorisation import (collapse_table, least_noise_table, one_law, records_of,
                                             training_points)

STUDY = """
[study]
name = "memory"
[[distribution]]
name = "normal"
kind = "gaussian"
dim = [1, 3]
[[distribution]]
name = "two"
kind = "two_deltas"
dim = 8
radius = 4.0
width = 1.0
[[analysis]]
name = "curves"
kind = "memorisation"
sigma_min = 0.05
sigma_max = 5.0
levels = 7
points = [20, 60]
samples = 64
[[analysis]]
name = "least"
kind = "least_noise"
distributions = ["normal"]
points = [20, 60]
samples = 64
sets = 3
[[analysis]]
name = "fall"
kind = "collapse"
points = 20
"""


@pytest.fixture(scope="module")
def remembered(sigmaflow: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = tmp_path_factory.mktemp("memory") / "memory.toml"
    study.write_text(STUDY)
    sigmaflow("run", study, "-o", study.with_suffix(".h5"), "--quiet")
    sigmaflow("aggregate", study.with_suffix(".h5"), "-o", study.with_name("summary.h5"))
    return study.with_suffix(".h5")


def test_training_points_swept_or_not(remembered: Path) -> None:
    store = open_store(remembered)
    assert [training_points(record) for record in store.select_analyses(analysis="least", dim=1)] == [20, 60]
    assert {training_points(record) for record in store.select_analyses(analysis="fall")} == {20}


def test_least_noise_is_averaged_over_training_sets(remembered: Path) -> None:
    records = records_of(open_store(remembered), "least_noise", distribution="normal")
    table = least_noise_table(records).set_index(["dim", "points"])
    assert sorted(table.index) == [(1, 20), (1, 60), (3, 20), (3, 60)] and set(table["sets"]) == {3}
    record = next(record for record in records if record["dim"] == 3 and training_points(record) == 60)
    sigma = record["sigma"].values
    assert sigma.shape == (3,)
    assert table.loc[(3, 60), "sigma"] == pytest.approx(sigma.mean(), rel=1e-14)
    assert table.loc[(3, 60), "spread"] == pytest.approx(sigma.std(ddof=1), rel=1e-12)
    assert table.loc[(3, 60), "gap"] == pytest.approx(float(record["gap"].mean()), rel=1e-12)


def test_collapse_by_the_law_and_by_one_cluster(remembered: Path) -> None:
    table = collapse_table(records_of(open_store(remembered), "collapse")).set_index(["distribution", "dim"])
    one = (20.0 ** (2.0 / 8.0) - 1.0) ** -0.5
    assert table.loc[("two", 8), "one_cluster"] == pytest.approx(one, rel=1e-12)
    assert table.loc[("two", 8), "sigma"] > one, "the law knows the cluster besides"
    assert table.loc[("normal", 3), "sigma"] == pytest.approx((20.0 ** (2.0 / 3.0) - 1.0) ** -0.5, rel=1e-12)


def test_records_of_another_kind_are_none(remembered: Path) -> None:
    store = open_store(remembered)
    assert records_of(store, "speciation") == [] and records_of(store, "least_noise", distribution="two") == []
    with pytest.raises(AnalysisError, match=r"two \(d = 8\).*choose --distribution or --set dim"):
        one_law(records_of(store, "memorisation"))


@pytest.mark.parametrize("kind", ["store", "summary"])
def test_the_figure_shows_curves_and_marks(remembered: Path, kind: str) -> None:
    file = open_store(remembered) if kind == "store" else open_summary(remembered.with_name("summary.h5"))
    curves = file.select_analyses(analysis="curves", dim=3)
    least, fall = records_of(file, "least_noise"), records_of(file, "collapse")
    axes = memorisation(curves, least, fall)
    panel = axes[0, 0]
    drawn = {line.get_label(): line for line in panel.get_lines()}
    for record in curves:
        line = drawn[f"$N$ = {training_points(record)}"]
        np.testing.assert_array_equal(line.get_xdata(), record["sigma"].values)
        np.testing.assert_array_equal(line.get_ydata(), record["divergence"].values)
    marks = [float(np.atleast_1d(line.get_xdata())[0]) for line in panel.get_lines()
             if np.size(line.get_xdata()) == 1 and line.get_marker() == "o"]
    table = least_noise_table(least).set_index(["dim", "points"])["sigma"]
    assert marks == pytest.approx([table[3, 20], table[3, 60]])
    falls = [float(np.atleast_1d(line.get_xdata())[0]) for line in panel.get_lines()
             if np.size(line.get_xdata()) == 1 and line.get_marker() == "v"]
    assert falls == pytest.approx([(20.0 ** (2.0 / 3.0) - 1.0) ** -0.5]), "of N = 20 alone, in three dimensions"
    assert [text.get_text() for text in axes[1, 1].get_legend().get_texts()] == ["$d$ = 1", "$d$ = 3"]
    assert panel.xaxis_inverted() and panel.get_xscale() == "log"
    plt.close(panel.figure)


def test_the_figure_without_least_noise(remembered: Path) -> None:
    file = open_store(remembered)
    axes = memorisation(file.select_analyses(analysis="curves", distribution="two"))
    assert len(axes[0, 0].get_lines()) == 2
    plt.close(axes[0, 0].figure)


def test_the_command(remembered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "memory.png"
    assert main(["figure", "memorisation", str(remembered), "--set", "dim=1", "-o", str(target)]) == 0
    assert target.stat().st_size > 10_000
    assert main(["figure", "memorisation", str(remembered), "-o", str(target)]) == 2
    assert "choose --distribution or --set dim" in capsys.readouterr().err
    assert main(["figure", "memorisation", str(remembered), "--set", "dim=99", "-o", str(target)]) == 2
    assert "no analysis of kind memorisation" in capsys.readouterr().err
