"""Points by their labels."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np
import xarray as xr

from .errors import AnalysisError

INTERNAL = ("id", "distribution_id", "group", "row", "parameters")  #: columns that are no labels


def shown(labels: Mapping[str, Any]) -> str:
    """The labels as a message names them."""
    return ", ".join(f"{key} = {value}" for key, value in labels.items()) or "any labels"


def columns_for(points: xr.Dataset, key: str) -> list[str]:
    """The column named `key`, else the sweep axes whose last word is `key`."""
    if key in points:
        return [key]
    found = [str(name) for name in points if str(name).endswith("." + key)]
    if not found:
        known = ", ".join(str(name) for name in points if name not in INTERNAL)
        raise AnalysisError(f"points have no label '{key}' (known: {known})")
    return found


def column_matches(column: xr.DataArray, key: str, value: Any) -> np.ndarray:
    """Which rows of a column equal `value` or one of the values in a list."""
    if isinstance(value, (list, tuple, set, np.ndarray)):
        return np.any([column_matches(column, key, item) for item in value], axis=0)
    if column.dtype.kind == "O":
        return column.values == str(value)
    try:
        number = int(value) if column.dtype.kind in "iu" else float(value)
    except ValueError:
        raise AnalysisError(f"the label '{key}' is a number, '{value}' is none") from None
    if column.dtype.kind in "iu":
        return column.values == number
    return np.isclose(column.values, number, rtol=1e-9, atol=0.0)


def matching(points: xr.Dataset, labels: Mapping[str, Any]) -> np.ndarray:
    """bool (point,): the rows of the table of points that have all the labels."""
    chosen = np.ones(points.sizes["point"], dtype=bool)
    for key, value in labels.items():
        hits = [column_matches(points[name], key, value) for name in columns_for(points, key)]
        chosen &= np.any(hits, axis=0)
        if not np.any(hits):
            raise AnalysisError(f"no point has {key} = {value} (it takes {values_of(points, key)})")
    return chosen


def values_of(points: xr.Dataset, key: str) -> str:
    """The values that a label takes, for messages."""
    values: list[Any] = []
    for name in columns_for(points, key):
        values += [value for value in points[name].values.tolist() if value == value and value != ""]
    distinct = sorted(set(values))
    most = 12
    texts = [f"{value:g}" if isinstance(value, float) else str(value) for value in distinct[:most]]
    return ", ".join(texts) + (" ..." if len(distinct) > most else "")


def differences(points: xr.Dataset) -> str:
    """The labels that tell these points apart, with their values."""
    told = [name for name in points if str(name) not in INTERNAL and not str(name).endswith("_kind")]
    varied = [str(name) for name in told if len(set(points[name].values.tolist())) > 1]
    return "; ".join(f"{name} ({values_of(points, name)})" for name in varied if values_of(points, name))
