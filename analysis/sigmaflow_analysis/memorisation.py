"""What analyses of memorisation recorded, as tables: which N, where the least noise is, where a law collapses."""

from __future__ import annotations

import json
from typing import Iterable, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from .errors import AnalysisError
from .labelled import LabelledFile

LAW = 1  #: of the definitions of collapse, that by the law's own information


def training_points(record: xr.Dataset) -> int:
    """N of a record, swept or not."""
    return int(json.loads(record["parameters"].item())["analysis"]["parameters"]["points"])


def records_of(file: LabelledFile, kind: str, **labels: object) -> list[xr.Dataset]:
    """The records of a kind with these labels; none if there are none."""
    if kind not in file.analyses.get("analysis_kind", xr.DataArray([])).values:
        return []
    try:
        return file.select_analyses(analysis_kind=kind, **labels)
    except AnalysisError:
        return []


def least_noise_table(records: Iterable[xr.Dataset]) -> pd.DataFrame:
    """A row per record of `least_noise`: mean over its training sets and their spread (standard deviation, NaN for one).

    Columns distribution, dim, points, sets, sigma, spread, error (of the held-out draws, the mean square over sets), gap.
    """
    rows = []
    for record in records:
        sigma, error = record["sigma"].values, record["sigma_error"].values
        rows.append({"distribution": record["distribution"].item(), "dim": int(record["dim"]),
                     "points": training_points(record), "sets": int(np.isfinite(sigma).sum()),
                     "sigma": np.nanmean(sigma), "spread": np.nanstd(sigma, ddof=1) if sigma.size > 1 else np.nan,
                     "error": np.sqrt(np.nanmean(error**2)), "gap": float(np.nanmean(record["gap"].values))})
    return pd.DataFrame(rows)


def collapse_table(records: Iterable[xr.Dataset]) -> pd.DataFrame:
    """A row per record of `collapse`: distribution, dim, points, sigma by the law, its error, and by one cluster."""
    rows = []
    for record in records:
        definition = list(record["definition"].values)
        own = definition.index(LAW) if LAW in definition else -1
        values = {name: record[name].values for name in ("sigma", "sigma_error")}
        rows.append({"distribution": record["distribution"].item(), "dim": int(record["dim"]),
                     "points": training_points(record), "sigma": values["sigma"][own],
                     "error": values["sigma_error"][own], "one_cluster": values["sigma"][1 - own]})
    return pd.DataFrame(rows)


def one_law(records: Sequence[xr.Dataset]) -> tuple[str, int]:
    """Label and dimension that all records share."""
    laws = sorted({(record["distribution"].item(), int(record["dim"])) for record in records})
    if len(laws) != 1:
        found = ", ".join(f"{name} (d = {dim})" for name, dim in laws) or "none"
        raise AnalysisError(f"curves of memorisation are drawn of one law (these match: {found}): "
                            "choose --distribution or --set dim")
    return laws[0]
