"""Where the error of a solver comes from."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from ..statistics import check_field, levels_of, summarise_field
from .spectrum import colours_of, shown_ranks
from .style import name_of, new_or, require_results, setting_of, sigma_axis, styled


def root_mean_squares(point: xr.Dataset, field: str) -> np.ndarray:
    """(level, rank): root mean square over all valid particles, at the levels from the largest sigma down."""
    moments = summarise_field(point.reset_coords(drop=True), field)[["mean", "variance", "count"]].compute()
    spread = moments["variance"].fillna(0.0) * (1.0 - 1.0 / moments["count"].where(moments["count"] > 0))
    squares = moments["mean"] ** 2 + spread
    return np.sqrt(squares.isel(level=levels_of(point)).transpose("level", "rank").values)


@styled
def error_budget(point: xr.Dataset, axes: Axes | None = None) -> Axes:
    """What the steps at each sigma add to the error at the end, a curve per eigenvector of J there.

    `point` is one point of a store or summary with the quantities `error_budget`, `predicted_error` and `global_error`.
    Root mean squares over the particles; the legend gives the whole error, predicted and measured: where they differ,
    local errors are too large for their sum to be the error. Rank 1 is the least stable direction, along the data.
    """
    for field in ("error_budget", "predicted_error", "global_error"):
        check_field(point, field)
    require_results(point)
    axes = new_or(axes, (6.4, 3.8))
    parts = root_mean_squares(point, "error_budget")
    sigma = point["sigma"].values
    recorded = np.flatnonzero(np.isfinite(sigma))
    end = int(np.flatnonzero(levels_of(point) == recorded[-1])[0])  # levels stand in the order of visits
    totals = [root_mean_squares(point, field)[end] for field in ("predicted_error", "global_error")]
    ranks = shown_ranks(parts.shape[1])
    for rank, colour in zip(ranks, colours_of(len(ranks))):
        predicted, measured = (total[rank] for total in totals)
        curve = np.where(parts[:, rank] > 0.0, parts[:, rank], np.nan)
        axes.plot(sigma[levels_of(point)], curve, color=colour, marker="o", markersize=2.5,
                  label=rf"$\lambda_{{{rank + 1}}}$: {predicted:.3g} predicted, {measured:.3g} measured")
    axes.set_yscale("log")
    sigma_axis(axes)
    axes.set_ylabel("share of the error at the end [data units]")
    axes.set_title(f"{name_of(point)}, {setting_of(point)}\n"
                   "error at the end by the sigma whose steps cause it, root mean square", loc="left")
    axes.legend(loc="best", title="along eigenvectors of $J$")
    return axes
