"""The first figures of a store: one of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ..store import Store
from .mmse import mmse
from .spectrum import spectrum
from .style import save
from .timeline import timeline
from .trajectories import trajectories

MOST_CURVES = 12


def finest(points: list[xr.Dataset]) -> list[xr.Dataset]:
    """Per distribution (a label and a dimension) the point with the most accurate solver and the most steps."""
    best: dict[Any, tuple[Any, xr.Dataset]] = {}
    for point in points:
        key = (point["distribution"].item(), point["dim"].item())
        rank = (point["solver"].item() != "euler", int(np.isfinite(point["sigma"].values).sum()), steps_of(point))
        if key not in best or rank > best[key][0]:
            best[key] = (rank, point)
    return [point for _, point in best.values()]


def steps_of(point: xr.Dataset) -> float:
    """The value on the sweep axis of steps; 0 without one."""
    found = [value.item() for name, value in point.coords.items() if str(name).endswith(".steps")]
    return max((value for value in found if value == value), default=0.0)


def quickstart_figures(store: Store, folder: Path) -> list[Path]:
    """Spectra and trajectories of two-dimensional ring and planes (or what there is), mmse of all, the timeline."""
    points = finest(store.select_points())
    named = {point["distribution"].item(): point for point in points if point["dim"].item() == 2}
    chosen = [named[name] for name in ("ring", "planes") if name in named] or points[:2]
    figures: dict[str, Figure] = {}
    for point in chosen:
        name = point["distribution"].item()
        if "spectrum_bins" in point:
            figures[f"spectrum-{name}"] = spectrum(point).figure
        if "positions" in point and point["dim"].item() == 2:
            figures[f"trajectories-{name}"] = trajectories(point).flat[0].figure
    if all("mmse_bins" in point for point in points):
        figures["mmse"] = mmse(points[:MOST_CURVES]).figure
    figures["timeline"] = timeline(store.tasks, store.points).figure
    return [path for name, figure in figures.items() for path in save(figure, folder / name)]
