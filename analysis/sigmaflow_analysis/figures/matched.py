"""Laws of equal mean and covariance side by side: where they agree, where they part."""

from __future__ import annotations

import math
from typing import Any, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from ..errors import AnalysisError
from ..information import mutual_information as information_of
from ..laws import atoms_of
from ..statistics import level_means
from .mutual_information import draw_information
from .style import axes_of, line_style, new_axes, require_results, sigma_axis, styled

MMSE_SHOWN = (1e-4, 3.0)  #: range of tr C / d: on finite sets it falls like exp(-1/sigma^2)
LABEL_GAP = 0.06  #: part of the height of a panel that a label takes
REACHED = 0.9  #: part of ln N from which on a plateau counts as such
TITLES = ("eigenvalues of $C/\\sigma^2 = I - J$\nbold: mean, thin: greatest and least",
          "least mean square error\n$\\langle\\mathrm{tr}\\,C\\rangle/d$ [data units$^2$]",
          "mutual information $I(x_0; x_\\sigma)/d$ [nat]\nlines: from tr $C$, marks: from $\\ln p_\\sigma$")


def short_name(point: xr.Dataset) -> str:
    """`points, count = 32`: what tells laws of one dimension apart."""
    axes = [text for text in axes_of(point, "distribution") if not text.startswith("dim = ")]
    return ", ".join([point["distribution"].item(), *axes])


def draw_eigenvalues(axes: Axes, point: xr.Dataset, style: dict[str, Any]) -> None:
    """Means over particles: of all eigenvalues of C/sigma^2, and of the greatest and the least one."""
    sigma, jacobian, _ = level_means(point, "spectrum")
    least, greatest = 1.0 - jacobian.max(axis=1), 1.0 - jacobian.min(axis=1)
    axes.plot(sigma, 1.0 - jacobian.mean(axis=1), **style)
    for edge in (least, greatest):
        axes.plot(sigma, edge, **{**style, "linewidth": 0.6})
    axes.fill_between(sigma, least, greatest, color=style["color"], alpha=0.05, linewidth=0)


def draw_mmse(axes: Axes, point: xr.Dataset, style: dict[str, Any]) -> None:
    """Mean of tr C / d with a band of one standard error."""
    sigma, *values = level_means(point, "mmse")
    mean, error = (value / point["dim"].item() for value in values)
    axes.plot(sigma, mean, **style)
    axes.fill_between(sigma, mean - error, mean + error, color=style["color"], alpha=0.3, linewidth=0)


def mark_plateaus(axes: Axes, dim: int, plateaus: Sequence[tuple[int, Any]]) -> None:
    """Names the plateaus ln N, given as (N, colour), at the right edge, moved up where they would overlap."""
    gap = LABEL_GAP * float(np.ptp(axes.get_ylim()))
    place = -np.inf
    for count, colour in sorted(plateaus):
        value = math.log(count) / dim
        place = max(value, place + gap)
        axes.annotate(rf"$\ln\,{number_text(count)}$", (1.0, value), xycoords=axes.get_yaxis_transform(),
                      xytext=(1.01, place), textcoords=axes.get_yaxis_transform(), verticalalignment="center",
                      color=colour, fontsize=7.0)


def plateau_of(point: xr.Dataset, information: xr.Dataset) -> int | None:
    """N of a law of N equal atoms that the smallest sigma tells apart."""
    count = atoms_of(str(point["parameters"].item()))
    reached = count is not None and information["from_mmse"].values[-1] > REACHED * math.log(count)
    return count if reached else None


def number_text(count: int) -> str:
    """In mathematical text: `16000`, `2^{64}`."""
    power = count.bit_length() - 1
    return f"2^{{{power}}}" if count == 1 << power and power > 9 else str(count)


@styled
def matched(points: Sequence[xr.Dataset]) -> np.ndarray:
    """Eigenvalues of C/sigma^2, mmse and mutual information per dimension against sigma, a curve per law: (3,) axes.

    `points` are points of one dimension with the quantities `spectrum`, `mmse` and `log_density`, drawn from p_sigma.
    """
    dims = sorted({point["dim"].item() for point in points})
    if len(dims) > 1:
        raise AnalysisError(f"laws are compared in one dimension (these have {', '.join(map(str, dims))}): "
                            "choose with --set dim=...")
    axes = new_axes(1, 3, (9.6, 3.8))[0]
    styles = [line_style(index, len(points)) for index in range(len(points))]
    plateaus = []
    for point, style in zip(points, styles):
        require_results(point)
        information = information_of(point)
        draw_eigenvalues(axes[0], point, style)
        draw_mmse(axes[1], point, style)
        draw_information(axes[2], information, float(dims[0]), short_name(point), **style)
        plateaus.append((plateau_of(point, information), style["color"]))
    mark_plateaus(axes[2], dims[0], [plateau for plateau in plateaus if plateau[0] is not None])
    axes[0].axhline(1.0, color="black", linewidth=0.8, linestyle="--", zorder=0)
    axes[1].set_yscale("log")
    axes[1].set_ylim(MMSE_SHOWN)
    for panel, title in zip(axes, TITLES):
        sigma_axis(panel)
        panel.set_title(title, loc="left")
    legend_below(axes[2], f"$d$ = {dims[0]}")
    return axes


def legend_below(axes: Axes, title: str) -> None:
    """The legend of `axes` under all panels of its figure."""
    handles, labels = axes.get_legend_handles_labels()
    columns = 4
    rows = -(-len(handles) // columns)
    height = 0.35 + 0.17 * rows  # inches
    figure = axes.figure
    share = height / figure.get_figheight()
    figure.get_layout_engine().set(rect=(0.0, share, 1.0, 1.0 - share))
    figure.legend(handles, labels, loc="lower center", ncol=columns, handlelength=3.5, title=title)
