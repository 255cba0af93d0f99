"""The fixed logarithmic bins in which a result file counts values.

A value v is binned as u = sign * (v - origin). If two_sided: u < -highest | logarithmic bins of negative u |
|u| < lowest | logarithmic bins of positive u | u >= highest; else u < lowest | logarithmic bins | u >= highest.
"""

from __future__ import annotations

import math
from typing import Any, Mapping

import numpy as np
import xarray as xr


def positive_edges(lowest: float, highest: float, relative_accuracy: float) -> np.ndarray:
    """Edges lowest = e_0 < ... < e_n = highest with e_(i+1) / e_i <= (1 + a) / (1 - a)."""
    decades = math.log(highest / lowest)
    widest = math.log1p(relative_accuracy) - math.log1p(-relative_accuracy)
    count = 2 * math.ceil(decades / widest / 2.0 - 1e-9)  # even: 1 is an edge if lowest * highest = 1
    edges = lowest * np.exp(decades * np.arange(count + 1) / count)
    if lowest * highest == 1.0:
        edges[count // 2] = 1.0
    edges[-1] = highest
    return edges


class Bins:
    """One set of bins, from the attributes of a `*_bins` variable."""

    def __init__(self, attributes: Mapping[str, Any]) -> None:
        self.origin = float(attributes["origin"])
        self.sign = float(attributes["sign"])
        self.two_sided = bool(attributes["two_sided"])
        self.lowest = float(attributes["lowest"])
        self.relative_accuracy = float(attributes["relative_accuracy"])
        positive = positive_edges(self.lowest, float(attributes["highest"]), self.relative_accuracy)
        #: upper edges in u of all bins but the last
        self.upper = np.concatenate([-positive[::-1], positive]) if self.two_sided else positive

    def __len__(self) -> int:
        return self.upper.size + 1

    def index(self, values: np.ndarray) -> np.ndarray:
        """Bins of finite values."""
        return np.searchsorted(self.upper, self.sign * (np.asarray(values) - self.origin), side="right")

    def representatives(self) -> np.ndarray:
        """(bin,): the value that stands for a bin: within relative_accuracy (in u) of everything inside."""
        low, high = self.upper[:-1], self.upper[1:]
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.where(low * high > 0.0, 2.0 * low * high / (low + high), 0.5 * (low + high))
        first = self.upper[0] if self.two_sided else 0.0
        return self.origin + self.sign * np.concatenate([[first], inside, [self.upper[-1]]])

    def locate(self, counts: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the values of rank ceil(q n) are, from counts (..., bin): bins (..., quantile), and how far into the
        bin by rank, 0 to 1 in ascending order of the value. Bin -1 without counts.
        """
        step = 1 if self.sign > 0 else -1
        counts = counts[..., ::step]
        seen = np.cumsum(counts, axis=-1, dtype=np.int64)
        total = seen[..., -1:]
        rank = np.clip(np.ceil(q * total), 1, np.maximum(total, 1))
        found = np.stack([np.argmax(seen >= rank[..., i:i + 1], axis=-1) for i in range(len(q))], axis=-1)
        inside = np.take_along_axis(counts, found, axis=-1)
        before = np.take_along_axis(seen, found, axis=-1) - inside
        bins = found if step > 0 else len(self) - 1 - found
        return np.where(total > 0, bins, -1), (rank - before - 0.5) / np.maximum(inside, 1)

    def quantiles(self, counts: np.ndarray, q: np.ndarray) -> np.ndarray:
        """(..., quantile) from counts (..., bin): what stands for the bin of the value of rank ceil(q n); NaN without
        counts.
        """
        bins, _ = self.locate(counts, q)
        return np.where(bins >= 0, self.representatives()[bins], np.nan)


def attach_bins(data: xr.Dataset) -> xr.Dataset:
    """Gives every axis of bins the values that stand for its bins as its coordinate."""
    centres = {}
    for name, array in data.items():
        axis = array.dims[-1] if array.dims else ""
        if str(name).endswith("_bins") and axis not in data.coords:
            centres[axis] = (axis, Bins(array.attrs).representatives())
    return data.assign_coords(centres)
