"""Which points stand for a study when nobody chose."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
import xarray as xr


def finest(points: Sequence[xr.Dataset]) -> list[xr.Dataset]:
    """Per distribution the point with a solver of higher order than Euler's, most levels and most steps."""
    best: dict[int, tuple[tuple[Any, ...], xr.Dataset]] = {}
    for point in points:
        key = point["distribution_id"].item()
        rank = (point["solver_kind"].item() != "euler", int(np.isfinite(point["sigma"].values).sum()), steps_of(point))
        if key not in best or rank > best[key][0]:
            best[key] = (rank, point)
    return [point for _, point in best.values()]


def steps_of(point: xr.Dataset) -> float:
    """The value on the sweep axis of steps; 0 without one."""
    found = [value.item() for name, value in point.coords.items() if str(name).endswith(".steps")]
    return max((value for value in found if value == value), default=0.0)
