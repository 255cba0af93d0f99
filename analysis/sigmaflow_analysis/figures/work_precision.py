"""Error against evaluations of the denoiser: which solver gets how far with how much work."""

from __future__ import annotations

from typing import Any, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..comparison import best_grids, curves, grid_of, observed_order
from ..errors import AnalysisError
from .style import DASHES, PALETTE, styled

FAMILIES = {  # solvers of one colour; within a family dashes and marks tell them apart
    "#000000": ("euler",),
    "#0072B2": ("heun", "midpoint", "dpm2", "rk4"),
    "#E69F00": ("ab2", "ab3", "ab4"),
    "#009E73": ("dpmpp_2s", "dpmpp_2m", "dpmpp_3m", "dpmpp_3m_corrected"),
    "#CC79A7": ("taylor2", "taylor3"),
    "#D55E00": ("dopri5", "tsit5"),
}
MARKS = "os^D"
WORK = (3.5, 600.0)  #: evaluations shown
ERRORS = (1e-7, 3.0)  #: errors shown
CELL = (4.55, 2.8)  #: inches that a panel takes with its labels
PANEL = (0.62, 0.48, 1.95, 2.05)  #: left, bottom, width and height in its cell, inches
TITLES = {"w2": ("Wasserstein distance", "sliced Wasserstein distance"),
          "rms": ("pointwise, root mean square",) * 2, "median": ("pointwise, median",) * 2}
LABEL_HEIGHT = 0.056  #: of a label, as part of the height of a panel


@styled
def work_precision(frame: pd.DataFrame, measures: Sequence[str] = ("w2", "rms")) -> np.ndarray:
    """Error against mean evaluations of the denoiser, a panel per law and measure: (law, measure) axes.

    `frame` is a table of `solver_errors.work_precision`. Every solver is drawn on the grid that serves it best
    (`comparison.best_grids`), named beside it with the order seen on the finest runs. The dotted line is how well the
    reference is known, where it is in sight.
    """
    check_measures(frame, measures)
    laws = list(dict.fromkeys(frame["distribution"]))
    axes = panels(len(laws), len(measures))
    for row, law in enumerate(laws):
        for panel, measure in zip(axes[row], measures):
            draw_law(panel, frame[frame["distribution"] == law], measure)
    return axes


def panels(laws: int, measures: int) -> np.ndarray:
    """(law, measure) axes with room for labels beside each; for one measure laws stand in two columns."""
    columns = measures if measures > 1 else min(laws, 2)
    rows = -(-laws * measures // columns)
    left, bottom, width, height = PANEL
    wide, high = columns * CELL[0], rows * CELL[1]
    figure = plt.figure(figsize=(wide, high))
    out = []
    for index in range(laws * measures):
        row, column = divmod(index, columns)
        corner = column * CELL[0] + left, high - (row + 1) * CELL[1] + bottom
        out.append(figure.add_axes((corner[0] / wide, corner[1] / high, width / wide, height / high)))
    return np.array(out, dtype=object).reshape(laws, measures)


def check_measures(frame: pd.DataFrame, measures: Sequence[str]) -> None:
    """Refuses measures that are none."""
    for measure in measures:
        if measure not in TITLES:
            raise AnalysisError(f"'{measure}' is no measure of error (known: {', '.join(TITLES)})")


def title_of(law: pd.DataFrame, measure: str) -> str:
    """`line, $d$ = 1: Wasserstein distance`"""
    dim = int(law["dim"].iloc[0])
    return f"{law['distribution'].iloc[0]}, $d$ = {dim}: {TITLES[measure][dim > 1]}"


def draw_law(axes: Axes, law: pd.DataFrame, measure: str) -> None:
    """All solvers of one law, on logarithmic axes."""
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(WORK)
    axes.set_ylim(ERRORS)
    axes.set_xlabel("evaluations of the denoiser per particle", fontsize=8.5)
    axes.set_ylabel("error [data units]", fontsize=8.5)
    axes.set_title(title_of(law, measure), loc="left", fontsize=9.0)
    labels = []
    for (_, solver), grid in best_grids(curves(law, measure)).items():
        runs = law[(law["solver"] == solver) & (grid_of(law) == grid) & ~law["reference"]]
        runs = runs.sort_values("evaluations", kind="stable")
        style = solver_style(str(runs["solver_kind"].iloc[0]))
        axes.plot(runs["evaluations"], runs[measure], **style)
        order = observed_order(runs, measure)
        where = "" if grid == "adaptive" else f", {grid}"
        text = f"{solver}{where}" + (f": {order:.1f}" if np.isfinite(order) else "")
        labels.append((last_seen(runs, measure), text, style["color"]))
    place_labels(axes, [label for label in labels if label[0] is not None])
    draw_floor(axes, law, measure)


def solver_style(kind: str) -> dict[str, Any]:
    """Colour of the family, dashes and marks of the solver in it."""
    for colour, kinds in FAMILIES.items():
        if kind in kinds:
            index = kinds.index(kind)
            return {"color": colour, "linestyle": DASHES[index], "marker": MARKS[index], "markersize": 2.4,
                    "linewidth": 0.9}
    return {"color": PALETTE[-1], "linestyle": "-", "marker": "x", "markersize": 2.4, "linewidth": 0.9}


def last_seen(runs: pd.DataFrame, measure: str) -> tuple[float, float] | None:
    """The run with most work inside the panel: evaluations and error."""
    inside = runs[runs["evaluations"].between(*WORK) & runs[measure].between(*ERRORS)]
    return None if inside.empty else (inside["evaluations"].iloc[-1], inside[measure].iloc[-1])


def place_labels(axes: Axes, labels: Sequence[tuple[tuple[float, float], str, str]]) -> None:
    """Names lines, given as (end, text, colour), at the right edge, in the order of their ends, moved apart."""
    low, high = np.log(ERRORS)
    ordered = sorted(labels, key=lambda label: label[0][1])
    wanted = [(np.log(end[1]) - low) / (high - low) for end, _, _ in ordered]
    for place, (end, text, colour) in zip(spread(wanted, LABEL_HEIGHT), ordered):
        axes.annotate(text, end, xycoords="data", xytext=(1.03, place), textcoords="axes fraction", color=colour,
                      fontsize=6.2, verticalalignment="center", annotation_clip=False,
                      arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.35, "alpha": 0.6,
                                  "shrinkA": 0.5, "shrinkB": 1.0, "relpos": (0.0, 0.5)})


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Places near the ascending ones wanted, at least `gap` apart, within [0, 1] if they fit."""
    places = list(wanted)
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + gap)
    top = 1.0
    for i in reversed(range(len(places))):
        places[i] = min(places[i], top)
        top = places[i] - gap
    return places


def draw_floor(axes: Axes, law: pd.DataFrame, measure: str) -> None:
    """How well the reference is known: a line, or its value at the lower edge if it is below the panel."""
    floor = float(law[f"{measure}_floor"].iloc[0])
    if not np.isfinite(floor):
        return
    if floor > ERRORS[0]:
        axes.axhline(floor, color="black", linestyle=":", linewidth=0.9, zorder=1)
    axes.text(0.02, 0.03, f"error of the reference: {floor:.0e}", transform=axes.transAxes, fontsize=6.5,
              color="#444444")
