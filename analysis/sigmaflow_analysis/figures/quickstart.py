"""The first figures of a store: one of each."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from ..store import Store
from .choice import finest
from .mmse import mmse
from .spectrum import spectra, spectrum
from .style import save
from .timeline import timeline
from .trajectories import trajectories

MOST_CURVES = 12
MOST_PANELS = 9


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
    if all("spectrum_bins" in point for point in points):
        figures["spectrum"] = spectra(points[:MOST_PANELS]).flat[0].figure
    if all("mmse_bins" in point for point in points):
        figures["mmse"] = mmse(points[:MOST_CURVES]).figure
    figures["timeline"] = timeline(store.tasks, store.rows).figure
    return [path for name, figure in figures.items() for path in save(figure, folder / name)]
