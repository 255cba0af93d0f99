"""What N draws leave of a law, and how much noise avoids it."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..memorisation import collapse_table, least_noise_table, one_law, training_points
from .style import line_style, new_axes, sigma_axis, styled

LEAST, COLLAPSE = {"marker": "o", "markersize": 5.0}, {"marker": "v", "markersize": 5.5}
NUMBER = "training points $N$"
GAP_LINEAR = 0.03  #: nats; smaller gaps are drawn to scale, most of them are noise


@styled
def memorisation(curves: Sequence[xr.Dataset], least: Sequence[xr.Dataset] = (),
                 collapse: Sequence[xr.Dataset] = ()) -> np.ndarray:
    """(2, 2) axes: divergence, generalisation gap and effective number against sigma, a curve per N; and the least noise
    and the collapse against N, a curve per dimension.

    `curves` are records of analyses `memorisation` of one law in one dimension, `least` and `collapse` records of
    `least_noise` and `collapse` in any dimension; those of the curves' law and dimension are marked on them.
    """
    law, dim = one_law(curves)
    curves = sorted(curves, key=training_points)
    noise, fall = least_noise_table(least), collapse_table(collapse)
    axes = new_axes(2, 2, (9.6, 6.6))
    for index, record in enumerate(curves):
        style = line_style(index, len(curves))
        marks = [(at(table, law, dim, training_points(record)), mark)
                 for table, mark in ((noise, LEAST), (fall, COLLAPSE))]
        for panel, name in zip(axes.flat, ("divergence", "gap", "effective_number")):
            draw_curve(panel, record, name, marks, **style)
    finish_curves(axes, law, dim)
    draw_against_number(axes[1, 1], [table[table["distribution"] == law] for table in (noise, fall) if len(table)],
                        [mark for table, mark in ((noise, LEAST), (fall, COLLAPSE)) if len(table)])
    return axes


def at(table: pd.DataFrame, law: str, dim: int, points: int) -> float:
    """sigma of the row of a table; NaN without one."""
    if table.empty:
        return np.nan
    row = table[(table["distribution"] == law) & (table["dim"] == dim) & (table["points"] == points)]
    return row["sigma"].iloc[0] if len(row) else np.nan


def draw_curve(axes: Axes, record: xr.Dataset, name: str, marks: Sequence[tuple[float, dict]], **style: object) -> None:
    """One quantity with a band of one standard error, and its marks at their sigmas."""
    sigma, mean, error = (record[key].values for key in ("sigma", name, f"{name}_error"))
    axes.plot(sigma, mean, label=f"$N$ = {training_points(record)}", **style)
    low = np.maximum(mean - error, 1e-300) if name != "gap" else mean - error
    axes.fill_between(sigma, low, mean + error, color=style["color"], alpha=0.25,
                      linewidth=0)
    order = np.argsort(sigma)
    for where, mark in marks:
        if sigma.min() <= where <= sigma.max():
            height = np.interp(np.log(where), np.log(sigma[order]), mean[order])
            axes.plot(where, height, color=style["color"], markeredgecolor="black", markeredgewidth=0.6, zorder=4, **mark)


def finish_curves(axes: np.ndarray, law: str, dim: int) -> None:
    """Scales, names and one legend for the three panels of curves."""
    labels = (r"KL$(p_\sigma\,\Vert\,p_{N,\sigma})$ [nat]", r"training less held-out $\ln p_{N,\sigma}$ [nat]",
              r"effective number $e^{H}$ of training points")
    titles = (f"{law}, $d$ = {dim}: what the training set lost", "generalisation gap",
              "training points that share a noisy one")
    for panel, label, title in zip(axes.flat, labels, titles):
        sigma_axis(panel)
        panel.set_ylabel(label)
        panel.set_title(title, loc="left")
    axes[0, 0].set_yscale("log")
    axes[0, 1].set_yscale("symlog", linthresh=GAP_LINEAR)
    axes[0, 1].set_ylim(bottom=-GAP_LINEAR)
    axes[1, 0].set_yscale("log")
    marks = [Line2D([], [], color="white", markeredgecolor="black", label=text, **mark)
             for text, mark in (("least noise", LEAST), (r"collapse, $\ln N = I$", COLLAPSE))]
    axes[0, 0].legend(handles=[*unique_lines(axes[0, 0]), *marks], loc="best",
                      handlelength=3.0)


def unique_lines(axes: Axes) -> list[Line2D]:
    """The lines with a name, without marks."""
    return [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]


def draw_against_number(axes: Axes, tables: Sequence[pd.DataFrame], marks: Sequence[dict]) -> None:
    """sigma of each table against N, a curve per dimension; bars are the spread over training sets."""
    dims = sorted({dim for table in tables for dim in table["dim"]})
    for table, mark in zip(tables, marks):
        dashes = "-" if mark is LEAST else "--"
        for index, dim in enumerate(dims):
            rows = table[(table["dim"] == dim) & np.isfinite(table["sigma"])].sort_values("points")
            colour = line_style(index, len(dims))["color"]
            bars = rows["spread"] if "spread" in rows else rows["error"]
            axes.errorbar(rows["points"], rows["sigma"], bars, color=colour, linestyle=dashes, linewidth=1.3, capsize=2.0,
                          elinewidth=0.8, **mark)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(NUMBER)
    axes.set_ylabel(r"noise level $\sigma$ [data units]")
    axes.set_title("least noise (circles) and collapse (triangles, dashed)", loc="left")
    handles = [Line2D([], [], color=line_style(index, len(dims))["color"], label=f"$d$ = {dim}")
               for index, dim in enumerate(dims)]
    if handles:
        axes.legend(handles=handles, loc="best")
