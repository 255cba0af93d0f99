"""The tree of branches, or of classes, along the sigma axis, as wide as its masses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes

from ..branch_tree import branch_table, class_masses, merge_table
from .style import PALETTE, name_of, new_or, sigma_axis, styled

WIDEST = 16.0  #: points, of mass 1
THINNEST = 0.8  #: points, so that the lightest branch is seen
TOP = 2.0  #: the stem is drawn up to so many times the largest splitting sigma


@dataclass
class Limb:
    """A stretch of a branch: its place across, from sigma `low` to `high`, its mass and colour."""

    place: float
    low: float
    high: float
    mass: float
    colour: str


@styled
def branch_tree(record: xr.Dataset, axes: Axes | None = None, names: Sequence[str] | None = None) -> Axes:
    """Branches of a record of `tree` or `class_tree` against sigma, widths in proportion to their masses.

    Thin lines lead from where a branch splits off to the one that it leaves; bars are standard errors of splitting
    sigmas of the first set of particles. `names` of the leaves stand beside them, with their masses.
    """
    axes = new_or(axes, (6.4, 4.4))
    draw = draw_classes if "merge_sigma" in record else draw_branches
    draw(axes, record, names)
    sigma_axis(axes)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_title(f"{name_of(record)}: when branches part", loc="left")
    return axes


def width_of(mass: float) -> float:
    """Points."""
    return max(WIDEST * mass, THINNEST)


def draw_limb(axes: Axes, limb: Limb) -> None:
    axes.plot([limb.low, limb.high], [limb.place, limb.place], color=limb.colour, linewidth=width_of(limb.mass),
              solid_capstyle="butt", zorder=2)


def draw_fork(axes: Axes, sigma: float, places: Sequence[float]) -> None:
    axes.plot([sigma, sigma], [min(places), max(places)], color="#444444", linewidth=0.8, zorder=1, label="_fork")


def colour_of(leaf: int) -> str:
    return PALETTE[leaf % len(PALETTE)]


def name_leaf(axes: Axes, sigma: float, place: float, text: str) -> None:
    axes.annotate(text, (sigma, place), xytext=(5, 0), textcoords="offset points", va="center", ha="left", fontsize=8.0,
                  annotation_clip=False)


def leaf_order(table: pd.DataFrame) -> list[int]:
    """Leaves so that branches do not cross: those that leave a branch lie beside it, the first to merge nearest."""

    def below(leaf: int) -> list[int]:
        children = table.index[table["parent"] == leaf]
        sides: tuple[list[int], list[int]] = ([], [])
        for turn, child in enumerate(sorted(children, key=lambda one: (table["splitting_sigma"][one], one))):
            sides[turn % 2].append(child)
        left = [one for child in reversed(sides[0]) for one in below(child)]
        return [*left, leaf, *(one for child in sides[1] for one in below(child))]

    return [leaf for root in table.index[table["parent"] < 0] for leaf in below(root)]


def draw_branches(axes: Axes, record: xr.Dataset, names: Sequence[str] | None) -> None:
    """The tree of modes: a branch goes straight on where others leave it."""
    table = branch_table(record)
    place = {leaf: float(-row) for row, leaf in enumerate(leaf_order(table))}
    low, high = sigma_range(record)
    top = min(high, TOP * np.nanmax(table["splitting_sigma"], initial=low))
    for leaf, row in table.iterrows():
        joins = table[table["parent"] == leaf].sort_values("splitting_sigma")
        end = row["splitting_sigma"] if row["parent"] >= 0 else top
        edges = [low, *joins["splitting_sigma"], end]
        masses = row["mass"] + np.concatenate([[0.0], np.cumsum(joins["branch_mass"])])
        for first, last, mass in zip(edges, edges[1:], masses):
            draw_limb(axes, Limb(place[leaf], first, last, mass, colour_of(leaf)))
        if row["parent"] >= 0:
            draw_fork(axes, end, (place[leaf], place[int(row["parent"])]))
        text = f"{row['mass']:.3f} $\\pm$ {row['mass_error']:.3f}"
        name_leaf(axes, low, place[leaf], text if names is None else f"{names[leaf]}   {text}")


def sigma_range(record: xr.Dataset) -> tuple[float, float]:
    """Ends of the levels as the analysis was told."""
    given = json.loads(record["parameters"].item())["analysis"]["parameters"]
    return float(given["sigma_min"]), float(given["sigma_max"])


def draw_classes(axes: Axes, record: xr.Dataset, names: Sequence[str] | None) -> None:
    """The tree of classes of the first set of particles: groups lie between what they are made of."""
    merges = merge_table(record)
    merges = merges[merges["set"] == 0].reset_index(drop=True)
    masses = list(class_masses(record))
    classes = len(masses)
    members: list[list[int]] = [[k] for k in range(classes)]
    for _, step in merges.iterrows():
        members.append(members[int(step["first"])] + members[int(step["second"])])
    place = {leaf: float(-row) for row, leaf in enumerate(members[-1])}
    start = {k: record["level_sigma"].values.min() for k in range(classes)}
    low = max(min(start.values()), merges["sigma"].min() / TOP)
    start = dict.fromkeys(start, low)
    for k in range(classes):
        name_leaf(axes, low, place[k], f"{k if names is None else names[k]}   {masses[k]:.3f}")
    for step, row in merges.iterrows():
        pair = [int(row["first"]), int(row["second"])]
        for one in pair:
            draw_limb(axes, Limb(place[one], start[one], row["sigma"], masses[one],
                                 colour_of(one) if one < classes else "#666666"))
        draw_fork(axes, row["sigma"], [place[one] for one in pair])
        made = classes + int(step)
        place[made], start[made] = 0.5 * (place[pair[0]] + place[pair[1]]), row["sigma"]
        masses.append(masses[pair[0]] + masses[pair[1]])
        axes.errorbar(row["sigma"], place[made], xerr=row["error"], color="black", elinewidth=1.0, capsize=2.5, zorder=3,
                      label="_split")
    last = classes + len(merges) - 1
    draw_limb(axes, Limb(place[last], start[last], start[last] * TOP**0.5, masses[last], "#666666"))
