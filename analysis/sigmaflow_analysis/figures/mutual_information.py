"""What noisy data still tell of the data."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from ..information import mutual_information as information_of
from .style import line_style, name_of, new_or, require_results, setting_of, sigma_axis, styled

MARKED = 3.0  #: the direct estimate is marked where it is so many standard errors above zero
SECOND_AXIS = 0.7  #: inches that the second axis takes


def draw_information(axes: Axes, information: xr.Dataset, per: float, label: str, **style: object) -> None:
    """Curve and band from mmse, marks with error bars from the density, both divided by `per`, on logarithmic axes."""
    sigma = information["sigma"].values
    mean, error = (information[name].values / per for name in ("from_mmse", "from_mmse_error"))
    axes.plot(sigma, mean, label=label, **style)
    axes.fill_between(sigma, np.maximum(mean - error, 1e-300), mean + error, color=style["color"], alpha=0.3,
                      linewidth=0)
    direct, bar = (information[name].values / per for name in ("from_density", "from_density_error"))
    seen = direct > MARKED * bar
    axes.errorbar(sigma[seen], direct[seen], bar[seen], color=style["color"], linestyle="none", marker="o",
                  markersize=2.6, markerfacecolor="white", markeredgewidth=0.7, elinewidth=0.7, zorder=3)


def cells_axis(axes: Axes) -> Axes:
    """A second axis on the right: exp(I), the number of cells that noise of sigma leaves distinguishable."""
    lowest, highest = axes.get_ylim()
    ticks = [(f"{number:g}", np.log(number)) for number in (1.01, 1.1, 1.5, 3.0)]
    ticks += [(f"$10^{{{power}}}$", power * np.log(10.0)) for power in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)]
    ticks = [(text, value) for text, value in ticks if lowest <= value <= highest]
    second = axes.secondary_yaxis("right")
    second.set_yticks([value for _, value in ticks], [text for text, _ in ticks])
    second.minorticks_off()
    second.set_ylabel(r"distinguishable cells $e^I$")
    return second


@styled
def mutual_information(points: Sequence[xr.Dataset], axes: Axes | None = None) -> Axes:
    """I(x0; x_sigma) against sigma for several points, in both ways of `information.mutual_information`.

    `points` are points of a store or summary with the quantities `mmse` and `log_density`, drawn from p_sigma. The
    right axis counts cells, exp(I).
    """
    axes = new_or(axes, (7.6, 3.8))
    settings = sorted({setting_of(point) for point in points})
    for index, point in enumerate(points):
        require_results(point)
        label = name_of(point) if len(settings) == 1 else f"{name_of(point)}, {setting_of(point)}"
        draw_information(axes, information_of(point), 1.0, label, **line_style(index, len(points)))
    axes.set_yscale("log")
    sigma_axis(axes)
    axes.set_ylabel(r"mutual information $I(x_0; x_\sigma)$ [nat]")
    cells_axis(axes)
    common = f", {settings[0]}" if len(settings) == 1 else ""
    axes.set_title(f"Mutual information of data and noisy data{common}\n"
                   r"lines: integral of mmse, marks: $-\langle \ln p_\sigma \rangle$; one standard error", loc="left")
    beside = axes.transAxes + ScaledTranslation(SECOND_AXIS, 0.0, axes.figure.dpi_scale_trans)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), bbox_transform=beside, borderaxespad=0.0, handlelength=3.0)
    return axes
