"""The error that no denoiser can avoid, against the noise level."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from ..errors import AnalysisError
from ..laws import variances_of
from ..statistics import level_means
from .style import line_style, name_of, new_or, require_results, setting_of, sigma_axis, styled

FLOOR = 1e-9  #: what is below this part of the top is not shown: on finite sets tr C falls like exp(-1/sigma^2)
LABELS = {
    "dimension": r"$\langle \mathrm{tr}\,C \rangle / d$ [data units$^2$]",
    "variance": r"$\langle \mathrm{tr}\,C \rangle / \mathrm{tr}\,\mathrm{Cov}(x_0)$",
}


def scale_of(point: xr.Dataset, normalise: str) -> float:
    """What tr C is divided by."""
    if normalise == "dimension":
        return float(point["dim"])
    if normalise != "variance":
        raise AnalysisError(f"there is no normalisation '{normalise}' ({', '.join(LABELS)})")
    variances = variances_of(point)
    if variances is None:
        raise AnalysisError(f"the variance of '{point['distribution'].item()}' is not known here (use dimension)")
    return float(np.sum(variances))


@styled
def mmse(points: Sequence[xr.Dataset], normalise: str = "dimension", axes: Axes | None = None) -> Axes:
    """Mean over particles of tr C(x; sigma), with a band of one standard error, for several points.

    `points` are points of a store or summary with the quantity `mmse`. Divided by d, or with normalise = "variance" by
    the total variance of the data.
    """
    axes = new_or(axes, (6.4, 3.8))
    settings = sorted({setting_of(point) for point in points})
    tops = []
    for index, point in enumerate(points):
        require_results(point)
        scale = scale_of(point, normalise)
        sigma, *values = level_means(point, "mmse")
        mean, error = (value / scale for value in values)
        label = name_of(point) if len(settings) == 1 else f"{name_of(point)}, {setting_of(point)}"
        style = line_style(index, len(points))
        axes.plot(sigma, mean, label=label, **style)
        axes.fill_between(sigma, mean - error, mean + error, color=style["color"], alpha=0.3, linewidth=0)
        tops.append(np.nanmax(mean))
    axes.set_yscale("log")
    axes.set_ylim(bottom=max(axes.get_ylim()[0], FLOOR * max(tops)))
    sigma_axis(axes)
    axes.set_ylabel(LABELS[normalise])
    common = f", {settings[0]}" if len(settings) == 1 else ""
    axes.set_title(f"Minimum mean square error{common}\nmean over particles, band: one standard error", loc="left")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, handlelength=3.0)
    return axes
