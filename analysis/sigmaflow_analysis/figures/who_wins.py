"""Which solver and grid win at a budget of evaluations, and what the grid does to one solver."""

from __future__ import annotations

from typing import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize

from ..comparison import curves, doubts, winners
from ..errors import AnalysisError
from .style import styled
from .work_precision import check_measures

ERRORS = {"w2": "Wasserstein (sliced for $d$ > 1)", "rms": "root mean square", "median": "median"}
WORST = 30.0  #: errors so many times those of the best grid have the last colour
COLOURS = "cividis_r"  #: the same for colour-blind readers, and in grey
NAMES = {"dpmpp_3m_corrected": "dpmpp_3m_c", "polyexponential": "polyexp."}  #: so that cells hold them


@styled
def who_wins(frame: pd.DataFrame, measure: str = "w2", solver: str = "heun") -> np.ndarray:
    """Winners for each law and budget above, the grids of one solver below: (1 + law,) axes.

    `frame` is a table of `solver_errors.work_precision`, `measure` one of its measures. Above, a cell names the solver
    and grid of least error, that error (its colour), and how many times as large the error of the best other solver is,
    with a question mark where that may be chance. Below, errors of `solver` on every grid, relative to its best grid.
    """
    check_measures(frame, [measure])
    table = curves(frame, measure)
    if solver not in table.index.unique("solver"):
        raise AnalysisError(f"there is no solver '{solver}' (there are {', '.join(table.index.unique('solver'))})")
    laws = list(table.index.unique("distribution"))
    grids = max(len(table.xs((law, solver), level=("distribution", "solver"))) for law in laws)
    upper, lower = 0.7 + 0.55 * len(laws), 0.75 + 0.2 * grids  # inches
    figure = plt.figure(figsize=(9.6, upper + lower), constrained_layout=True)
    parts = figure.subfigures(2, 1, height_ratios=(upper, lower))
    top = parts[0].subplots()
    draw_winners(top, winners(table, doubts(frame, measure)))
    top.set_title(f"least {ERRORS[measure]} error at equal evaluations of the denoiser; $\\times$: error of the next "
                  "solver over it", loc="left")
    bottom = parts[1].subplots(1, len(laws), squeeze=False)[0]
    for panel, law in zip(bottom, laws):
        draw_grids(panel, table.xs((law, solver), level=("distribution", "solver")))
        panel.set_title(law, loc="left")
    parts[1].suptitle(f"{solver}: error on each grid over that on the best one; evaluations as above", x=0.02,
                      ha="left", fontsize=9.5)
    return np.array([top, *bottom], dtype=object)


def draw_winners(axes: Axes, won: pd.DataFrame) -> None:
    """A row per law, a column per budget."""
    laws, budgets = (list(dict.fromkeys(won[name])) for name in ("distribution", "evaluations"))
    errors = won.pivot(index="distribution", columns="evaluations", values="error").loc[laws, budgets]
    heat_map(axes, errors.to_numpy(), LogNorm(won["error"].min(), won["error"].max()), laws, budgets)
    axes.set_xlabel("evaluations of the denoiser per particle")
    for cell in won.itertuples():
        place = budgets.index(cell.evaluations), laws.index(cell.distribution)
        lead = "" if np.isnan(cell.lead) else f", $\\times${number(cell.lead)}{'' if cell.sure else '?'}"
        text = f"{NAMES.get(cell.solver, cell.solver)}\n{NAMES.get(cell.grid, cell.grid)}\n{cell.error:.1e}{lead}"
        write(axes, place, text, axes.images[0])


def draw_grids(axes: Axes, errors: pd.DataFrame) -> None:
    """A row per grid, a column per budget; errors over the least of their column."""
    shown = errors.loc[:, errors.notna().any()]
    relative = (shown / shown.min()).to_numpy()
    heat_map(axes, relative, LogNorm(1.0, WORST), [NAMES.get(grid, grid) for grid in shown.index], list(shown.columns))
    axes.tick_params(labelsize=7.5)
    for row, column in np.argwhere(np.isfinite(relative)):
        write(axes, (column, row), number(relative[row, column]), axes.images[0])


def heat_map(axes: Axes, values: np.ndarray, norm: Normalize, rows: Sequence[str], columns: Sequence[float]) -> None:
    """Coloured cells with names at the edges, first row on top."""
    axes.imshow(values, norm=norm, cmap=COLOURS, aspect="auto", interpolation="nearest")
    axes.set_xticks(range(len(columns)), [f"{budget:g}" for budget in columns])
    axes.set_yticks(range(len(rows)), rows)
    axes.grid(False)
    axes.tick_params(length=0)
    axes.set_xticks(np.arange(1, len(columns)) - 0.5, minor=True)
    axes.set_yticks(np.arange(1, len(rows)) - 0.5, minor=True)
    axes.grid(True, which="minor", color="white", linewidth=0.8)
    axes.tick_params(which="minor", length=0)
    axes.set_axisbelow(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def write(axes: Axes, place: tuple[int, int], text: str, image: plt.cm.ScalarMappable) -> None:
    """Text in a cell, light on dark colours."""
    column, row = place
    red, green, blue, _ = image.cmap(image.norm(image.get_array()[row, column]))
    dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.5
    axes.text(column, row, text, ha="center", va="center", fontsize=6.3, linespacing=1.15,
              color="white" if dark else "black")


def number(ratio: float) -> str:
    """Two digits: `1.0`, `2.7`, `31`, `>99`."""
    return ">99" if ratio >= 99.5 else f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:.0f}"
