"""Solvers compared at equal budgets: made-up races with a known end, and the figures of real ones."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from sigmaflow_analysis import AnalysisError
from sigmaflow_analysis.command_line import main
from sigmaflow_analysis.comparison import (BUDGETS, best_grids, curves, doubts, error_at, grid_penalties,
                                           observed_order, winners)
from sigmaflow_analysis.figures import who_wins, work_precision
from sigmaflow_analysis.figures.who_wins import number
from sigmaflow_analysis.figures.work_precision import ERRORS, WORK, place_labels, solver_style, spread
from test_figures import check_files, texts_overlap


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def runs(law: str, solver: str, grid: str, factor: float, order: float, doubt: float = 0.0,
         steps: tuple[int, ...] = (4, 16, 64, 256)) -> pd.DataFrame:
    """Runs with error factor * steps^-order."""
    work = np.array(steps, dtype=float)
    error = factor * work**-order
    return pd.DataFrame({"distribution": law, "dim": 2, "schedule": "s", "grid": grid, "steps": steps, "solver": solver,
                         "solver_kind": solver, "rtol": np.nan, "evaluations": work, "w2": error, "rms": 2.0 * error,
                         "median": error, "rms_error": 2.0 * doubt * error, "median_error": 0.0,
                         "reference": False, "w2_floor": 1e-9, "rms_floor": 1e-9, "median_floor": 1e-9})


@pytest.fixture
def frame() -> pd.DataFrame:
    """On `a` heun overtakes euler at 10 evaluations; on `b` they are within one doubt of each other."""
    reference = runs("a", "exact", "log", 0.0, 1.0).assign(reference=True, evaluations=0.0)
    return pd.concat([reference, runs("a", "euler", "log", 1.0, 1.0), runs("a", "euler", "rho", 1.1, 1.0),
                      runs("a", "heun", "log", 20.0, 2.0), runs("a", "heun", "rho", 10.0, 2.0),
                      runs("b", "euler", "log", 1.0, 1.0, 0.1), runs("b", "heun", "rho", 1.2, 1.0, 0.1)],
                     ignore_index=True)


def test_errors_between_runs_are_interpolated() -> None:
    work = np.array([64.0, 4.0, 16.0])
    found = error_at(work, 7.0 * work**-2.5, [2, 4, 5, 31, 64, 65])
    np.testing.assert_allclose(found, [np.nan, 7 / 32, 7 * 5**-2.5, 7 * 31**-2.5, 7 * 64**-2.5, np.nan], rtol=1e-13)
    assert np.isnan(error_at(work, np.full(3, np.nan), [8])).all()
    np.testing.assert_allclose(error_at(work, np.array([1.0, np.nan, 1.0]), [8, 32]), [np.nan, 1.0])


def test_curves_have_a_row_per_solver_and_grid(frame: pd.DataFrame) -> None:
    table = curves(frame, "w2", (8, 32))
    assert table.index.tolist() == [("a", "euler", "log"), ("a", "euler", "rho"), ("a", "heun", "log"),
                                    ("a", "heun", "rho"), ("b", "euler", "log"), ("b", "heun", "rho")]
    assert table.loc[("a", "heun", "rho")].tolist() == pytest.approx([10 / 64, 10 / 1024])
    adaptive = curves(frame.assign(rtol=frame["rtol"].where(frame["solver"] != "euler", 1e-3)), "w2", (8,))
    assert {key[2] for key in adaptive.index if key[1] == "euler"} == {"adaptive"}
    with pytest.raises(AnalysisError, match="no solver to compare"):
        curves(frame[frame["reference"]], "w2")


def test_best_grids(frame: pd.DataFrame) -> None:
    best = best_grids(curves(frame, "w2"))
    assert best.to_dict() == {("a", "euler"): "log", ("a", "heun"): "rho", ("b", "euler"): "log", ("b", "heun"): "rho"}
    fine = runs("a", "heun", "fine", 15.0, 2.0, steps=(64, 256))  # only fine runs, and worse than rho where both are
    assert best_grids(curves(pd.concat([frame, fine]), "w2"))[("a", "heun")] == "rho"


def test_winners(frame: pd.DataFrame) -> None:
    won = winners(curves(frame, "w2", (8, 12, 512)), doubts(frame, "w2", (8, 12, 512)))
    assert won[["distribution", "evaluations", "solver", "grid", "runner_up", "runner_up_grid"]].values.tolist() == [
        ["a", 8, "euler", "log", "heun", "rho"], ["a", 12, "heun", "rho", "euler", "log"],
        ["b", 8, "euler", "log", "heun", "rho"], ["b", 12, "euler", "log", "heun", "rho"]]
    np.testing.assert_allclose(won["lead"], [80 / 64, 144 / 120, 1.2, 1.2])
    np.testing.assert_allclose(won["error"], [1 / 8, 10 / 144, 1 / 8, 1 / 12])
    # 0.2 apart, doubts of 0.1 and 0.12: 1.3 standard errors, less than two; with a tenth of the doubts 13
    assert won["sure"].tolist() == [True, True, False, False]
    surer = frame.assign(rms_error=0.1 * frame["rms_error"])
    assert winners(curves(frame, "w2", (8,)), doubts(surer, "w2", (8,)))["sure"].all()
    assert winners(curves(frame, "median", (8,)), doubts(frame, "median", (8,)))["sure"].all()
    alone = winners(curves(frame[frame["solver"] == "heun"], "w2", (8,)))
    assert np.isnan(alone["lead"]).all() and alone["sure"].all()


def test_grid_penalties(frame: pd.DataFrame) -> None:
    """Euler on a: rho is 1.1 times log at every budget; heun: log twice rho; on b each has one grid."""
    found = grid_penalties(curves(frame, "w2"))
    assert found.index.tolist() == ["euler", "heun"] and found.columns.tolist() == ["log", "rho"]
    np.testing.assert_allclose(found, [[1.0, 1.1], [2.0, 1.0]])


def test_who_wins_the_shootout(raced: pd.DataFrame) -> None:
    """What README says of it: with 256 particles less sharply than with all."""
    for_networks = raced[~raced["solver"].str.startswith("taylor")]  # Taylor methods need moments no network gives
    table = curves(for_networks, "w2")
    behind = table.xs(("heun", "rho"), level=("solver", "grid"))[32] / table.groupby("distribution").min()[32]
    for law in ("line", "gaussian", "planes"):
        print(f"\n[claim] shootout-heun-rho-{law} {behind[law]:.4g}")
        assert behind[law] > 5.0
    won = winners(table, doubts(for_networks, "w2"))
    smooth = won[won["distribution"] != "cloud"]
    assert (smooth[smooth["evaluations"] <= 24]["grid"] == "rectified-scaled").all()
    late = smooth[(smooth["evaluations"] == 128) & (smooth["distribution"] != "line")]
    assert (late["solver"] == "tsit5").all()
    sure = won[won["distribution"] == "cloud"]["sure"].sum()
    print(f"\n[claim] shootout-cloud-sure {sure}")
    assert sure <= 3


def test_coordinates_and_grids_of_the_shootout(raced: pd.DataFrame) -> None:
    """What README says of them."""
    table = curves(raced, "w2")
    penalties = grid_penalties(table)
    for solver, gain in (("heun", 3.0), ("rk4", 6.0), ("ab2", 50.0)):
        found = penalties.loc[solver, "rectified"] / penalties.loc[solver, "rectified-scaled"]
        print(f"\n[claim] shootout-coordinates-{solver} {found:.4g}")
        assert found > gain
    euler = table.xs("euler", level="solver")  # DDIM is exact for a frozen m in any coordinates
    rectified, scaled, vp, vp_scaled = (euler.xs(grid, level="grid")
                                        for grid in ("rectified", "rectified-scaled", "vp", "vp-scaled"))
    np.testing.assert_allclose(scaled, rectified, rtol=1e-9)
    assert not np.allclose(vp_scaled, vp, rtol=1e-2)  # whose s is no function that one frozen m crosses exactly
    in_sigma = grid_penalties(table[~table.index.get_level_values("grid").str.endswith("scaled")])
    for solver, grid, low, high in (("euler", "error", 1.0, 1.15), ("dpmpp_2m", "error", 1.0, 2.0),
                                    ("dpmpp_2m", "rho", 2.0, 5.0), ("euler", "entropy", 2.0, 4.0),
                                    ("dpmpp_2m", "entropy", 10.0, 60.0), ("dpmpp_3m_corrected", "log", 1.0, 1.6),
                                    ("rk4", "fisher", 1.0, 1.6)):  # fmt: skip
        print(f"\n[claim] shootout-grid-{solver}-{grid} {in_sigma.loc[solver, grid]:.4g}")
        assert low <= in_sigma.loc[solver, grid] <= high, (solver, grid)


def test_places_are_spread() -> None:
    assert spread([0.1, 0.2, 0.3], 0.05) == [0.1, 0.2, 0.3]
    np.testing.assert_allclose(spread([0.1, 0.1, 0.12], 0.05), [0.1, 0.15, 0.2])
    np.testing.assert_allclose(spread([0.95, 1.2, 1.3], 0.1), [0.8, 0.9, 1.0])
    draw = np.random.RandomState(1)
    for _ in range(20):
        places = spread(sorted(draw.uniform(-0.5, 1.5, 15)), 0.06)
        assert np.diff(places).min() >= 0.06 - 1e-12 and places[-1] <= 1.0


def test_numbers_in_cells() -> None:
    assert [number(value) for value in (1.0, 9.94, 9.96, 99.4, 99.6, 1e9)] == ["1.0", "9.9", "10", "99", ">99", ">99"]


def test_solvers_are_told_apart() -> None:
    kinds = ["euler", "heun", "midpoint", "dpm2", "rk4", "ab2", "ab3", "ab4", "dpmpp_2s", "dpmpp_2m", "dpmpp_3m",
             "dpmpp_3m_corrected", "taylor2", "taylor3", "dopri5", "tsit5", "of tomorrow"]
    styles = {tuple(solver_style(kind)[key] for key in ("color", "linestyle", "marker")) for kind in kinds}
    assert len(styles) == len(kinds)


def test_work_precision(raced: pd.DataFrame, tmp_path: Path) -> None:
    axes = work_precision(raced)
    assert axes.shape == (4, 2)
    for row, law in enumerate(("line", "gaussian", "planes", "cloud")):
        runs_of_law = raced[raced["distribution"] == law]
        for panel, measure in zip(axes[row], ("w2", "rms")):
            assert panel.get_xscale() == panel.get_yscale() == "log" and panel.get_xlim() == WORK
            assert "evaluations" in panel.get_xlabel() and "[data units]" in panel.get_ylabel()
            assert panel.get_title(loc="left").startswith(f"{law}, $d$ = {1 if law == 'line' else 4}: ")
            best = best_grids(curves(runs_of_law, measure))
            assert len(panel.lines) == len(best) == 16
            for line, ((_, solver), grid) in zip(panel.lines, best.items()):
                runs_of_line = runs_of_law[(runs_of_law["solver"] == solver) & ~runs_of_law["reference"]]
                if grid != "adaptive":
                    runs_of_line = runs_of_line[runs_of_line["grid"] == grid]
                order = np.argsort(runs_of_line["evaluations"].to_numpy(), kind="stable")
                np.testing.assert_array_equal(line.get_xdata(), runs_of_line["evaluations"].to_numpy()[order])
                np.testing.assert_array_equal(line.get_ydata(), runs_of_line[measure].to_numpy()[order])
                named = [text for text in panel.texts if text.get_text().split(":")[0] in (solver, f"{solver}, {grid}")]
                slope = observed_order(runs_of_line, measure)
                if named and np.isfinite(slope):
                    assert named[0].get_text().endswith(f": {slope:.1f}") and named[0].get_color() == line.get_color()
            notes = [text.get_text() for text in panel.texts if "reference" in text.get_text()]
            assert notes == [f"error of the reference: {runs_of_law[f'{measure}_floor'].iloc[0]:.0e}"]
    assert not texts_overlap(axes[0, 0])
    check_files(axes[0, 0], tmp_path)


def test_labels_are_apart_and_inside(raced: pd.DataFrame) -> None:
    axes = work_precision(raced, ["median"])
    figure = axes[0, 0].figure
    figure.canvas.draw()
    width = figure.get_window_extent().x1
    for panel in axes.flat:
        boxes = sorted((Text.get_window_extent(text) for text in panel.texts if "reference" not in text.get_text()),
                       key=lambda box: box.y0)  # Text's own: an annotation would count its arrow
        assert len(boxes) >= 12 and all(box.x1 <= width for box in boxes)
        overlaps = [min(a.y1, b.y1) - max(a.y0, b.y0) for a, b in zip(boxes, boxes[1:])]
        assert max(overlaps) < 0.25 * boxes[0].height  # descenders may touch
        neighbours = [other for other in axes.flat if other.get_position().x0 > panel.get_position().x1]
        assert all(box.x1 < other.get_tightbbox().x0 for box in boxes for other in neighbours
                   if abs(other.get_position().y0 - panel.get_position().y0) < 0.01)


def test_a_floor_in_sight_is_a_line(frame: pd.DataFrame) -> None:
    assert len(work_precision(frame).flat[0].lines) == 2
    high = work_precision(frame.assign(w2_floor=1e-3)).flat[0].lines
    assert len(high) == 3 and set(high[2].get_ydata()) == {1e-3} and ERRORS[0] < 1e-3
    assert "1e-03" in plt.gcf().axes[0].texts[-1].get_text()
    with pytest.raises(AnalysisError, match="'w3' is no measure of error .known: w2, rms, median"):
        work_precision(frame, ["w3"])


def test_who_wins(raced: pd.DataFrame, tmp_path: Path) -> None:
    axes = who_wins(raced, "rms", "heun")
    assert len(axes) == 5
    won = winners(curves(raced, "rms"), doubts(raced, "rms"))
    cells = {tuple(map(round, text.get_position())): text.get_text() for text in axes[0].texts}
    assert len(cells) == len(won) == 4 * len(BUDGETS)
    laws = [text.get_text() for text in axes[0].get_yticklabels()]
    assert laws == ["line", "gaussian", "planes", "cloud"]
    for cell in won.itertuples():
        text = cells[BUDGETS.index(cell.evaluations), laws.index(cell.distribution)]
        assert cell.solver.replace("corrected", "c") in text and f"{cell.error:.1e}" in text
        assert text.endswith("?") == (not cell.sure)
    table = curves(raced, "rms").xs("heun", level="solver")
    for panel, law in zip(axes[1:], laws):
        ratios = (table.loc[law] / table.loc[law].min()).to_numpy()
        shown = {tuple(map(round, text.get_position())): text.get_text() for text in panel.texts}
        assert shown == {(column, row): number(ratios[row, column]) for row, column in np.ndindex(ratios.shape)
                         if np.isfinite(ratios[row, column])}
        assert panel.get_title(loc="left") == law and "1.0" in shown.values()
    with pytest.raises(AnalysisError, match="no solver 'rk5' .there are euler, heun"):
        who_wins(raced, "rms", "rk5")
    files = tmp_path / "both.png"
    axes[0].figure.figure.savefig(files)
    assert files.stat().st_size > 50_000


def test_command_line(race: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["export", "work_precision", str(race), "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 55 and rows[1]["solver"] == "euler" and float(rows[1]["evaluations"]) == 8.0
    wins, errors = tmp_path / "wins.png", tmp_path / "errors.png"
    down = [str(race), "--schedule", "down"]
    assert main(["figure", "who_wins", *down, "--solver", "euler", "--measure", "median", "-o", str(wins)]) == 0
    ring = ["--distribution", "ring", "--measure", "w2", "-o", str(errors)]
    assert main(["figure", "work_precision", *down, *ring]) == 0
    assert capsys.readouterr().err == "" and min(wins.stat().st_size, errors.stat().st_size) > 20_000


def test_summaries_have_no_particles(summary: Path, capsys: pytest.CaptureFixture) -> None:
    for words in (["export", "work_precision"], ["figure", "work_precision"], ["figure", "who_wins"]):
        assert main([*words, str(summary)]) == 2
        assert "a summary has no particles" in capsys.readouterr().err


def test_labels_need_ends_in_sight() -> None:
    axes = plt.figure().add_subplot()
    place_labels(axes, [])
    assert not axes.texts
