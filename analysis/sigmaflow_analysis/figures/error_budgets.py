"""Which sigma costs what: errors at the end, step by step, of laws and settings side by side."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from ..error_budget import error_budget as budget_of
from ..errors import AnalysisError
from .matched import legend_below
from .spectrum import colours_of, shown_ranks
from .style import axes_of, name_of, new_axes, require_results, sigma_axis, styled

MOST_COLUMNS = 6


@styled
def error_budgets(points: Sequence[xr.Dataset]) -> np.ndarray:
    """Parts of the error that single steps cause against their sigma, a panel per law and setting: (law, setting) axes.

    `points` are points of a store or summary with the quantities `error_budget`, `predicted_error` and `global_error`
    at levels = "grid". A line per eigenvector of J at the end, in percent of the whole error (of all of them); a
    negative part takes back what other steps did. Above a panel: the error that is the sum of the parts, and the true one; they
    differ by higher orders, and where particles end elsewhere.
    """
    laws = list(dict.fromkeys(name_of(point) for point in points))
    settings = list(dict.fromkeys(short_setting(point) for point in points))
    if len(settings) > MOST_COLUMNS:
        raise AnalysisError(f"{len(settings)} settings are too many side by side: choose with --solver, --schedule or "
                            "--set")
    axes = new_axes(len(laws), len(settings), (0.9 + 2.0 * len(settings), 1.1 + 1.75 * len(laws)))
    for panel in axes.flat:
        panel.set_visible(False)
    for point in points:
        require_results(point)
        row, column = laws.index(name_of(point)), settings.index(short_setting(point))
        panel = axes[row, column]
        panel.set_visible(True)
        draw_budget(panel, budget_of(point))
        heading = f"{short_setting(point)}\n" if row == 0 else ""
        panel.set_title(heading + panel.get_title(loc="left"), loc="left", fontsize=7.2)
        if row < len(laws) - 1:
            panel.set_xlabel("")
        panel.set_ylabel(f"{name_of(point)}\npart of the error [%]" if column == 0 else "", fontsize=8.0)
    legend_below(axes[0, 0], "eigenvector of $J$ at the end, least eigenvalue (along the data) first")
    return axes


def short_setting(point: xr.Dataset) -> str:
    """`heun on edm, grid = rho`: solver, schedule and what is swept but steps."""
    swept = [text for text in axes_of(point, "schedule", "solver") if not text.startswith("steps = ")]
    return ", ".join([f"{point['solver'].item()} on {point['schedule'].item()}", *swept])


def draw_budget(axes: Axes, budget: xr.Dataset) -> None:
    """Stairs from step to step, a line per rank; the title has the error predicted and measured."""
    edges = np.append(budget["sigma_from"].values, budget["sigma_to"].values[-1])
    predicted, measured = (float(budget[name].sum()) for name in ("predicted", "measured"))
    whole = float(np.abs(budget["predicted"]).sum())
    parts = 100.0 * budget["contribution"].values / whole
    ranks = shown_ranks(parts.shape[1])
    for rank, colour in zip(ranks, colours_of(len(ranks))):
        axes.stairs(parts[:, rank], edges, color=colour, linewidth=2.2 - 1.2 * rank / max(ranks[-1], 1), baseline=None,
                    label=str(rank + 1))
    axes.axhline(0.0, color="black", linewidth=0.6)
    sigma_axis(axes)
    axes.set_xlabel(axes.get_xlabel(), fontsize=8.0)
    axes.tick_params(labelsize=7.5)
    axes.set_title(f"predicted {predicted:.1e}, true {measured:.1e}", loc="left")
