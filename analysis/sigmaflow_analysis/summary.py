"""A file of `sigmaflow aggregate`: statistics per point, merged over blocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from .errors import AnalysisError
from .labelled import LabelledFile
from .reader import opened, read_table
from .store import Store


def open_summary(path: str | Path) -> Summary:
    """Opens a summary: reads its tables, not its statistics."""
    return Summary(Path(path))


def open_any(path: str | Path) -> Store | Summary:
    """Opens a result file or a summary, whichever it is."""
    with opened(Path(path)) as file:
        found = file.attrs.get("format", "unknown")
    for kind in (Store, Summary):
        if found == kind.FORMAT:
            return kind(Path(path))
    raise AnalysisError(f"'{path}' is neither a result file nor a summary of sigmaflow (its format is '{found}')")


class Summary(LabelledFile):
    """Datasets with the dimensions `point`, `level`, `quantile` and those of their quantities: for a quantity X,
    `X_mean`, `X_variance`, `X_standard_error`, `X_min`, `X_max`, `X_quantile` and `X_bins`.
    """

    FORMAT = "sigmaflow-summary"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with opened(path) as file:
            self.task_summary = read_table(file["task_summary"])  #: one row per point: its tasks, what is done

    def tables(self) -> dict[str, xr.Dataset]:
        return {**super().tables(), "task_summary": self.task_summary}

    def _parts_done(self, name: str) -> np.ndarray:
        return self._records[name]["done"].values.astype(bool)
