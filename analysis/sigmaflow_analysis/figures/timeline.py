"""Who worked when."""

from __future__ import annotations

import heapq

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from ..errors import AnalysisError
from .style import PALETTE, new_or, styled

ROW_HEIGHT = 0.8


def lanes(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(task,): the lowest lane of each task in which it overlaps none before it; tasks in order of their start."""
    free: list[int] = []
    busy: list[tuple[float, int]] = []
    out = np.zeros(len(start), dtype=int)
    for i, begin in enumerate(start):
        while busy and busy[0][0] <= begin:
            heapq.heappush(free, heapq.heappop(busy)[1])
        out[i] = heapq.heappop(free) if free else len(busy)
        heapq.heappush(busy, (end[i], out[i]))
    return out


def covered(start: np.ndarray, end: np.ndarray) -> float:
    """Seconds in which at least one of these tasks ran; tasks in order of their start."""
    reached = np.maximum.accumulate(end)
    before = np.concatenate([[start[0]], reached[:-1]])
    return float(np.sum(np.maximum(reached - np.maximum(start, before), 0.0)))


def corners(start: np.ndarray, end: np.ndarray, row: int) -> np.ndarray:
    """(task, 4, 2): one bar per task; tasks of one rank that overlap share the height of its row."""
    lane = lanes(start, end)
    height = ROW_HEIGHT / (lane.max() + 1)
    bottom = row - ROW_HEIGHT / 2 + lane * height
    edges = [(start, bottom), (end, bottom), (end, bottom + height), (start, bottom + height)]
    return np.stack([np.stack(edge, axis=-1) for edge in edges], axis=1)


@styled
def timeline(tasks: xr.Dataset, rows: xr.Dataset, axes: Axes | None = None) -> Axes:
    """One row per rank of every session, one bar per finished task, coloured by distribution.

    `tasks` and `rows` are the tables of a store.
    """
    tasks = tasks[["point", "status", "session", "rank", "start", "seconds"]].compute().sortby("start")
    tasks = tasks.isel(task=tasks["status"].values != 0)
    if tasks.sizes["task"] == 0:
        raise AnalysisError("no task has been computed yet")
    start, end = tasks["start"].values, (tasks["start"] + tasks["seconds"]).values
    workers, row = np.unique(np.stack([tasks["session"], tasks["rank"]]), axis=1, return_inverse=True)
    names, label = np.unique(rows["distribution"].values[tasks["point"].values].astype(str), return_inverse=True)
    colours = [PALETTE[i % len(PALETTE)] for i in range(len(names))]
    axes = new_or(axes, (7.0, 1.7 + 0.3 * min(workers.shape[1], 40)))
    busy, available = 0.0, 0.0
    for number, session in enumerate(workers[0]):
        mine, together = row == number, tasks["session"].values == session
        bars = corners(start[mine], end[mine], number)
        axes.add_collection(PolyCollection(bars, facecolors=np.array(colours)[label[mine]], edgecolors="white",
                                           linewidths=0.1))
        busy += covered(start[mine], end[mine])
        available += end[together].max() - start[together].min()
    decorate(axes, workers, start.min(), end.max())
    axes.set_title(f"{tasks.sizes['task']} tasks; ranks work {100.0 * busy / max(available, 1e-300):.0f} % of the time "
                   "between first start and last end", loc="left")
    handles = [Patch(color=colour, label=name) for colour, name in zip(colours, names)]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0)
    return axes


def decorate(axes: Axes, workers: np.ndarray, first: float, last: float) -> None:
    """Limits and labels: `workers` (2, row) are session and rank."""
    count = workers.shape[1]
    several = len(set(workers[0])) > 1
    axes.set_xlim(first - 0.01 * (last - first), last + 0.01 * (last - first))
    axes.set_ylim(count - 0.5, -0.5)
    shown = range(0, count, max(count // 40, 1))
    axes.set_yticks(shown)
    axes.set_yticklabels([f"session {s}, rank {r}" if several else f"rank {r}" for s, r in workers[:, shown].T])
    axes.set_xlabel("time since the start of the session [s]")
    axes.grid(axis="y", visible=False)
