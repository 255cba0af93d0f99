"""Paths of kept particles in the plane, over the density they move in."""

from __future__ import annotations

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator

from ..errors import AnalysisError
from ..laws import Mixture, law_of
from ..statistics import levels_of
from .style import PALETTE, name_of, new_axes, require_results, setting_of, styled

SPREADS = (4.0, 1.5, 0.7, 0.35, 0.15, 0.03)  #: sigma of the panels, in units of the data's spread
DEPTH = 8.0  #: nats below the maximum that the shading shows
GRID = 241
AGREEMENT = 1e-6
SHADES = ListedColormap(matplotlib.colormaps["Blues"](np.linspace(0.0, 0.65, 256)))  #: light enough for dark paths


def checked_law(point: xr.Dataset) -> Mixture | None:
    """The law of a point if it is known here and gives the recorded log densities; else None."""
    law = law_of(str(point["parameters"].item()))
    if law is None or "log_density" not in point:
        return law
    for level in levels_of(point):
        here = point.isel(level=level)
        recorded = here["log_density"].values
        computed = law.log_density(here["positions"].values, float(here["sigma"]))
        if np.any(np.abs(recorded - computed) > AGREEMENT * (1.0 + np.abs(recorded))):
            return None
    return law


def panel_levels(point: xr.Dataset) -> list[int]:
    """Recorded levels nearest to SPREADS times the spread of the final positions, without repetition."""
    levels = levels_of(point)
    final = point["positions"].isel(level=levels[-1]).values
    spread = np.sqrt(np.nanvar(final, axis=0).mean())
    log_sigma = np.log(point["sigma"].values[levels])
    nearest = [int(levels[np.argmin(np.abs(log_sigma - np.log(factor * spread)))]) for factor in SPREADS]
    return list(dict.fromkeys(nearest))


def shade(axes: Axes, law: Mixture, sigma: float, centre: np.ndarray, half: float) -> AxesImage:
    """ln p_sigma minus its maximum in the window, as an image."""
    steps = np.linspace(-half, half, GRID)
    x = np.stack(np.meshgrid(centre[0] + steps, centre[1] + steps), axis=-1)
    values = law.log_density(x, sigma)
    extent = (centre[0] - half, centre[0] + half, centre[1] - half, centre[1] + half)
    return axes.imshow(values - values.max(), origin="lower", extent=extent, vmin=-DEPTH, vmax=0.0, cmap=SHADES,
                       interpolation="bilinear", aspect="equal")


@styled
def trajectories(point: xr.Dataset, axes: np.ndarray | None = None) -> np.ndarray:
    """Kept particles of one two-dimensional point at falling sigma: where they are and how they came there.

    `point` is one point of a store with `positions` of kept particles. The shading is ln p_sigma(x) in closed form,
    from the distribution's parameters; it is left out, and the title says so, if the law is not known here or if it
    does not give the recorded log densities.
    """
    if point["dim"].item() != 2 or "positions" not in point:
        raise AnalysisError("trajectories need the quantity positions of kept particles in two dimensions "
                            f"(this point has dim = {point['dim'].item()})")
    require_results(point)
    data = {name: point[name] for name in ("positions", "log_density") if name in point}
    point = xr.Dataset(data, coords=point.coords).compute()
    there = np.isfinite(point["positions"]).any(["level", "coordinate"]).values
    if not there.any():
        raise AnalysisError("no kept particle of this point is done yet")
    point = point.isel(particle=there)
    panels = panel_levels(point)
    if axes is None:
        axes = new_axes(2, (len(panels) + 1) // 2, (7.2, 4.7))
    law = checked_law(point)
    image = None
    order = levels_of(point)
    for panel, level in zip(axes.flat, panels):
        path = point["positions"].isel(level=order[:list(order).index(level) + 1]).values
        image = draw_panel(panel, path, float(point["sigma"][level]), law) or image
    for panel in axes.flat[len(panels):]:
        panel.set_visible(False)
    finish(axes, image, point)
    return axes


def draw_panel(axes: Axes, path: np.ndarray, sigma: float, law: Mixture | None) -> AxesImage | None:
    """One panel: `path` (particle, level, coordinate) ends at this panel's sigma."""
    last = path[:, -1]
    centre = np.nanmedian(last, axis=0) if law is None else law.mean()
    half = 1.15 * np.nanquantile(np.abs(last - centre).max(axis=1), 0.97)
    image = None if law is None else shade(axes, law, sigma, centre, half)
    axes.plot(path[..., 0].T, path[..., 1].T, color="black", linewidth=0.6, alpha=0.5)
    axes.plot(last[:, 0], last[:, 1], "o", color=PALETTE[1], markersize=3.2, markeredgecolor="black",
              markeredgewidth=0.4)
    axes.set_xlim(centre[0] - half, centre[0] + half)
    axes.set_ylim(centre[1] - half, centre[1] + half)
    axes.set_aspect("equal")
    axes.grid(False)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.set_title(rf"$\sigma$ = {sigma:.2g}")
    return image


def finish(axes: np.ndarray, image: AxesImage | None, point: xr.Dataset) -> None:
    """Labels at the rim, one colour bar, the title."""
    for panel in axes[-1]:
        panel.set_xlabel("$x_1$ [data units]")
    for panel in axes[:, 0]:
        panel.set_ylabel("$x_2$ [data units]")
    figure = axes.flat[0].figure
    shading = "no shading: the density is not known here"
    if image is not None:
        bar = figure.colorbar(image, ax=axes, shrink=0.85, extend="min")
        bar.set_label(r"$\ln p_\sigma(x)$ below its maximum [nat]")
        shading = r"shading: $\ln p_\sigma(x)$ in closed form"
    count = point.sizes["particle"]
    figure.suptitle(f"{name_of(point)}, {setting_of(point)}: paths of {count} particles, {shading}", fontsize=9.5)
