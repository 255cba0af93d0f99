"""The bifurcation diagram: stationary points of p_sigma against sigma."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from .style import PALETTE, new_axes, sigma_axis, styled

#: Of the index: modes are solid, saddles dashed, what has more unstable directions dotted.
LINES = ({"linestyle": "-", "color": PALETTE[0]}, {"linestyle": "--", "color": PALETTE[3]},
         {"linestyle": ":", "color": PALETTE[2]})
INDICES = ("modes (index 0)", "saddles (index 1)", "index 2 and more")
MARKS = {"fold": "o", "pitchfork_supercritical": "^", "pitchfork_subcritical": "v", "transcritical": "D", "multiple": "*"}
COLUMNS = 3
FLATTEST = 1e-9  #: of the largest place; a coordinate below is 0 all along


@styled
def bifurcations(records: Sequence[xr.Dataset]) -> np.ndarray:
    """Axes of one law: a panel per coordinate (two at most) and the number of modes; of several: a panel per law.

    `records` are those of analyses `branches`. Branches are solid where stable, dashed at saddles, dotted beyond; special
    points are marked; a family of stationary points (as on a round shell) is drawn at its distance from the centre.
    """
    records = [record.isel(diagram=0) for record in records]
    if len(records) == 1:
        return of_one_law(records[0])
    rows = -(-len(records) // COLUMNS)
    axes = new_axes(rows, min(COLUMNS, len(records)), (3.4 * min(COLUMNS, len(records)), 2.8 * rows))
    for panel, record in zip(axes.flat, records):
        draw_branches(panel, record, liveliest(record))
        panel.set_title(law_name(record), loc="left")
        panel.set_ylabel(panel.get_ylabel().replace("stationary points, ", ""))
    for panel in axes.flat[len(records):]:
        panel.axis("off")
    # In the place that is left over, if there is one.
    place = axes.flat[len(records)] if len(records) < axes.size else axes.flat[0]
    place.legend(handles=legend_of(records), loc="center" if len(records) < axes.size else "best")
    return axes


def of_one_law(record: xr.Dataset) -> np.ndarray:
    coordinates = [c for c in range(min(record.sizes["coordinate"], 2))]
    axes = new_axes(1, len(coordinates) + 1, (4.0 * (len(coordinates) + 1), 3.4))
    for panel, coordinate in zip(axes.flat, coordinates):
        draw_branches(panel, record, coordinate)
    axes.flat[0].set_title(f"{law_name(record)}: stationary points", loc="left")
    draw_modes(axes.flat[-1], record)
    axes.flat[-1].legend(handles=legend_of([record]), loc="center", bbox_to_anchor=(0.6, 0.35), handlelength=3.0)
    return axes


def law_name(record: xr.Dataset) -> str:
    """Label and what tells it apart from others of the label: dimension and values of axes."""
    name = str(record["distribution"].item())
    axes = [f"{key.rsplit('.', 1)[1]} = {value:g}" for key, value in swept(record) if np.isfinite(value)]
    return ", ".join([name, *axes])


def swept(record: xr.Dataset) -> list[tuple[str, float]]:
    """Numeric sweep axes of the distribution and their values."""
    return [(str(key), float(record[key])) for key in record.coords
            if str(key).startswith("distribution.") and record[key].dtype.kind == "f"]


def branch(record: xr.Dataset, i: int) -> tuple[np.ndarray, np.ndarray]:
    """sigma (n) and x (n, d) of branch i, from high sigma to low."""
    sigma = record["branch_sigma"].values[i]
    used = np.isfinite(sigma)
    return sigma[used], record["branch_x"].values[i][used]


def count(record: xr.Dataset, what: str) -> int:
    """Branches or special points that are stored."""
    axis = {"branch": "branch", "special": "special_point"}[what]
    return min(int(record[f"{what}_count"]), record.sizes[axis])


def liveliest(record: xr.Dataset) -> int:
    """The coordinate along which branches part most."""
    x = record["branch_x"].values[:count(record, "branch")]
    return int(np.nanargmax(np.nanmax(np.abs(x), axis=(0, 1)))) if np.isfinite(x).any() else 0


def draw_branches(axes: Axes, record: xr.Dataset, coordinate: int) -> None:
    """All branches, seen along one coordinate, with their special points."""
    for i in range(count(record, "branch")):
        sigma, x = branch(record, i)
        line = LINES[min(int(record["branch_index"][i]), 2)]
        family = int(record["branch_zero_directions"][i]) > 0
        heights = [np.linalg.norm(x, axis=1), -np.linalg.norm(x, axis=1)] if family else [x[:, coordinate]]
        for height in heights:
            axes.plot(sigma, height, linewidth=2.4 if family else 1.3, **line)
    for i in range(count(record, "special")):
        axes.plot(record["special_sigma"].values[i], record["special_x"].values[i, coordinate], color="black", zorder=4,
                  linestyle="none", markeredgecolor="white", markeredgewidth=0.5, **mark_of(kind_at(record, i)))
    sigma_axis(axes)
    axes.set_ylabel(f"stationary points, $x_{{{coordinate + 1}}}$ [data units]")


def kind_at(record: xr.Dataset, i: int) -> str:
    """Name of the kind of special point i."""
    kinds = record["special_kind"]
    return str(kinds.attrs["flag_meanings"]).split()[int(kinds.values[i])]


def mark_of(kind: str) -> dict[str, object]:
    """Marker and size."""
    return {"marker": MARKS[kind], "markersize": 10.0 if kind == "multiple" else 5.5}


def legend_of(records: Sequence[xr.Dataset]) -> list[Line2D]:
    """What is drawn: indices and kinds that occur."""
    indices = sorted({min(int(r["branch_index"][i]), 2) for r in records for i in range(count(r, "branch"))})
    kinds = {kind_at(r, i) for r in records for i in range(count(r, "special"))}
    lines = [Line2D([], [], label=INDICES[index], **LINES[index]) for index in indices]
    marks = [Line2D([], [], color="black", linestyle="none", label=kind.replace("_", ", "), **mark_of(kind))
             for kind in MARKS if kind in kinds]
    return lines + marks


def draw_modes(axes: Axes, record: xr.Dataset) -> None:
    """How many modes there are; a family counts as one."""
    spans = [branch(record, i)[0][[0, -1]] for i in range(count(record, "branch"))
             if int(record["branch_index"][i]) == 0]
    ends = np.unique(np.concatenate([[float(record["sigma_min"]), float(record["sigma_max"])], *spans]))
    ends = ends[np.concatenate([[True], np.diff(np.log(ends)) > 1e-9])]  # rounding of one end is no stretch
    middles = np.sqrt(ends[1:] * ends[:-1])
    modes = [sum(low < middle < high for high, low in spans) for middle in middles]
    axes.stairs(modes, ends, color=PALETTE[0], linewidth=1.5, baseline=None)
    sigma_axis(axes)
    axes.set_ylim(0, max(modes, default=1) + 0.6)
    axes.set_ylabel("number of modes")
