"""Eigenvalues of the Jacobian along the trajectories."""

from __future__ import annotations

from typing import Sequence

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import ScalarFormatter

from ..statistics import levels_of, merged_bins, sharp_quantiles
from .style import PALETTE, name_of, new_axes, new_or, require_results, setting_of, sigma_axis, styled

MOST_RANKS = 6


def shown_ranks(count: int) -> list[int]:
    """All ranks, or the first, the last and some between, spread over the logarithm of the rank."""
    if count <= MOST_RANKS:
        return list(range(count))
    spread = np.geomspace(1, count, MOST_RANKS).round().astype(int) - 1
    return sorted(set(spread.tolist()))


def colours_of(count: int) -> list:
    """Few ranks: the palette; many: a scale from dark to light."""
    if count <= 4:
        return list(PALETTE[:count])
    return list(matplotlib.colormaps["viridis"](np.linspace(0.0, 0.9, count)))


def eigenvalue_axis(axes: Axes, lowest: float) -> None:
    """Linear, or beyond -5 logarithmic, so that deep excursions do not flatten the rest."""
    if lowest < -5.0:
        axes.set_yscale("symlog", linthresh=1.0, linscale=1.5)
        decades = [-(10.0**k) for k in range(1, int(np.ceil(np.log10(-lowest))) + 1)]
        axes.set_yticks([*decades, -1.0, -0.5, 0.0, 0.5, 1.0])
        axes.yaxis.set_major_formatter(ScalarFormatter())
        axes.set_ylim(1.2 * lowest, 1.08)
    axes.set_ylabel(r"eigenvalues $\lambda_i$ of $J = I - C/\sigma^2$")


def draw_bands(axes: Axes, point: xr.Dataset) -> int:
    """Lines, bands and the line J = 0 on one axes; returns the number of particles."""
    require_results(point)
    levels = levels_of(point)
    quantiles = sharp_quantiles(point, "spectrum", (0.05, 0.5, 0.95))
    values = quantiles.isel(level=levels).transpose("quantile", "level", "rank").values
    sigma = point["sigma"].values[levels]
    ranks = shown_ranks(values.shape[2])
    widths = np.linspace(2.6, 1.2, len(ranks))
    for rank, colour, width in zip(ranks, colours_of(len(ranks)), widths):
        low, middle, high = values[:, :, rank]
        axes.fill_between(sigma, low, high, color=colour, alpha=0.25, linewidth=0)
        axes.plot(sigma, middle, color=colour, label=rf"$\lambda_{{{rank + 1}}}$", linewidth=width)
    axes.axhline(0.0, color="black", linewidth=1.0, linestyle="--", label="$J = 0$")
    sigma_axis(axes)
    eigenvalue_axis(axes, float(np.nanmin(values)))
    return int(merged_bins(point, "spectrum").isel(rank=0).sum("spectrum_bin").max())


def reading_note(point: xr.Dataset, count: int) -> str:
    """What lines and bands are, and how accurate."""
    accuracy = 100.0 * point["spectrum_bins"].attrs["relative_accuracy"]
    return f"median and 5-95 % of {count} particles, $1 - J$ to {accuracy:.2g} %"


@styled
def spectrum(point: xr.Dataset, axes: Axes | None = None) -> Axes:
    """Median and 5-95 % band over all particles of every eigenvalue of J(x; sigma) = I - C/sigma^2, against sigma.

    `point` is one point of a store or summary (`select_point`) with the quantity `spectrum`; eigenvalues are ranked in
    ascending order, rank 1 being the most unstable direction. The bins make 1 - J accurate to some per cent, which
    the title states.
    """
    axes = new_or(axes)
    count = draw_bands(axes, point)
    axes.set_title(f"{name_of(point)}, {setting_of(point)}\n{reading_note(point, count)}", loc="left")
    axes.legend(loc="best", ncol=2 if len(axes.lines) > 4 else 1)
    return axes


@styled
def spectra(points: Sequence[xr.Dataset]) -> np.ndarray:
    """`spectrum` of several points side by side, in rows of three."""
    columns = min(len(points), 3)
    rows = -(-len(points) // columns)
    axes = new_axes(rows, columns, (2.75 * columns, 0.6 + 2.1 * rows))
    for panel, point in zip(axes.flat, points):
        count = draw_bands(panel, point)
        several = len({setting_of(other) for other in points}) > 1
        panel.set_title(f"{name_of(point)}\n{setting_of(point)}" if several else name_of(point), loc="left")
        panel.legend(loc="best", ncol=2 if len(panel.lines) > 3 else 1, fontsize=7.0, handlelength=1.4)
    for panel in axes.flat[len(points):]:
        panel.set_visible(False)
    for panel in axes[:, 1:].flat:
        panel.set_ylabel("")
    for panel in axes.flat[:len(points) - columns]:
        panel.set_xlabel("")
    common = "" if several else f"{setting_of(points[0])}: "
    axes.flat[0].figure.suptitle(common + reading_note(points[0], count), fontsize=9.5)
    return axes
