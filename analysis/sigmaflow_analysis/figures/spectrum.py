"""Eigenvalues of the Jacobian along the trajectories."""

from __future__ import annotations

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from ..statistics import summarise_field
from .style import PALETTE, levels_of, name_of, new_or, setting_of, sigma_axis, styled

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


def bands(point: xr.Dataset) -> np.ndarray:
    """(quantile, level, rank): 5 %, 50 % and 95 % of the eigenvalues, levels in the order of `levels_of`.

    Read from the bins, and kept between the exact extremes, which are sharper where all particles agree.
    """
    statistics = summarise_field(point, "spectrum", (0.05, 0.5, 0.95))[["quantiles", "min", "max"]].compute()
    inside = statistics["quantiles"].clip(statistics["min"], statistics["max"])
    return inside.isel(level=levels_of(point)).transpose("quantile", "level", "rank").values


def eigenvalue_axis(axes: Axes, lowest: float) -> None:
    """Linear, or beyond -2 logarithmic, so that deep excursions do not flatten the rest."""
    if lowest < -2.0:
        axes.set_yscale("symlog", linthresh=1.0, linscale=1.5)
        decades = [-(10.0**k) for k in range(1, int(np.ceil(np.log10(-lowest))) + 1)]
        axes.set_yticks([*decades, -1.0, -0.5, 0.0, 0.5, 1.0])
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_ylim(1.2 * lowest, 1.08)
    axes.set_ylabel(r"eigenvalues $\lambda_i$ of $J = I - C/\sigma^2$")


@styled
def spectrum(point: xr.Dataset, axes: Axes | None = None) -> Axes:
    """Median and 5-95 % band over all particles of every eigenvalue of J(x; sigma) = I - C/sigma^2, against sigma.

    `point` is one point of a store (`Store.select_point`) with the quantity `spectrum`; eigenvalues are ranked in
    ascending order, rank 1 being the most unstable direction. The bins make 1 - J accurate to some per cent, which
    the title states.
    """
    values = bands(point)
    axes = new_or(axes)
    sigma = point["sigma"].values[levels_of(point)]
    ranks = shown_ranks(values.shape[2])
    widths = np.linspace(2.6, 1.2, len(ranks))
    for rank, colour, width in zip(ranks, colours_of(len(ranks)), widths):
        low, middle, high = values[:, :, rank]
        axes.fill_between(sigma, low, high, color=colour, alpha=0.25, linewidth=0)
        axes.plot(sigma, middle, color=colour, label=rf"$\lambda_{{{rank + 1}}}$", linewidth=width)
    axes.axhline(0.0, color="black", linewidth=1.0, linestyle="--", label="$J = 0$")
    sigma_axis(axes)
    eigenvalue_axis(axes, float(np.nanmin(values)))
    count = int(point["count"].sum("block").max())
    accuracy = 100.0 * point["spectrum_bins"].attrs["relative_accuracy"]
    axes.set_title(f"{name_of(point)}, {setting_of(point)}\n"
                   f"median and 5-95 % of {count} particles, $1 - J$ to {accuracy:.2g} %", loc="left")
    axes.legend(loc="best", ncol=2 if len(ranks) > 3 else 1)
    return axes
