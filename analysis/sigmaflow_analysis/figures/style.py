"""What all figures share: colours that colour-blind readers tell apart, sizes for print, titles, files."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Callable, Sequence

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..errors import AnalysisError

#: Okabe and Ito's palette in an order in which neighbours differ in lightness too.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#000000", "#B8A800")
DASHES = ("-", "--", "-.", ":")
SIGMA_LABEL = r"noise level $\sigma$ [data units]"

SETTINGS = {
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.5,
    "figure.dpi": 100.0,
    "savefig.dpi": 200.0,
    "pdf.fonttype": 42,
}


def styled(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function draw in the common style, whatever the settings around it."""

    @functools.wraps(draw)
    def inside(*arguments: Any, **options: Any) -> Any:
        with matplotlib.rc_context(SETTINGS):
            return draw(*arguments, **options)

    return inside


def new_axes(rows: int = 1, columns: int = 1, size: tuple[float, float] = (5.2, 3.6)) -> np.ndarray:
    """Axes (rows, columns) of a new figure of `size` inches."""
    return plt.subplots(rows, columns, figsize=size, squeeze=False, constrained_layout=True)[1]


def new_or(axes: Axes | None, size: tuple[float, float] = (5.2, 3.6)) -> Axes:
    """The given axes, else those of a new figure."""
    return new_axes(size=size)[0, 0] if axes is None else axes


def line_style(index: int, count: int) -> dict[str, Any]:
    """Curve `index` of `count`: colour and dashes, different for up to 32; later ones are thinner, to show others."""
    return {"color": PALETTE[index % len(PALETTE)],
            "linestyle": DASHES[(index + index // len(PALETTE)) % len(DASHES)],
            "linewidth": 2.6 - 1.5 * index / max(count - 1, 1)}


def sigma_axis(axes: Axes) -> None:
    """Makes x the noise level, in the direction of generation: large sigma on the left."""
    axes.set_xscale("log")
    axes.set_xlabel(SIGMA_LABEL)
    if not axes.xaxis_inverted():
        axes.invert_xaxis()


def axes_of(point: xr.Dataset, *rooms: str) -> list[str]:
    """`steps = 64`: where the point lies on the sweep axes of these rooms."""
    out = []
    for name, coordinate in point.coords.items():
        room, _, key = str(name).partition(".")
        if not key or room not in rooms:
            continue
        value = coordinate.item()
        if value == value and value != "":
            out.append(f"{key.split('.')[-1]} = {f'{value:g}' if isinstance(value, float) else value}")
    return out


def name_of(point: xr.Dataset) -> str:
    """`ring (d = 2, width = 0.1)`"""
    axes = [text for text in axes_of(point, "distribution") if not text.startswith("dim = ")]
    return f"{point['distribution'].item()} ({', '.join([f'$d$ = {point.dim.item()}', *axes])})"


def setting_of(point: xr.Dataset) -> str:
    """`heun on edm, steps = 64`"""
    axes = axes_of(point, "schedule", "solver")
    return ", ".join([f"{point['solver'].item()} on {point['schedule'].item()}", *axes])


def require_results(point: xr.Dataset) -> None:
    """Refuses a point of which nothing has been computed yet."""
    if "done" in point.coords and not point["done"].values.any():
        raise AnalysisError(f"nothing of {name_of(point).replace('$', '')}, {setting_of(point)} is done yet")


@styled
def save(figure: Figure, path: Path, formats: Sequence[str] = ("png", "pdf")) -> list[Path]:
    """Writes the figure once per format, next to `path`, and closes it."""
    stem = path.with_suffix("") if path.suffix in (".png", ".pdf") else path
    written = [stem.with_name(f"{stem.name}.{kind}") for kind in formats]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for file in written:
            figure.savefig(file, metadata={"CreationDate": None} if file.suffix == ".pdf" else None)
    except OSError as error:
        raise AnalysisError(f"cannot write '{path}' ({error.strerror})") from None
    plt.close(figure)
    return written
