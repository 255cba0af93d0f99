"""A result file of `sigmaflow run`, finished or still being written."""

from __future__ import annotations

from pathlib import Path

import dask.array as da
import numpy as np
import xarray as xr

from .labelled import LabelledFile, flag_names
from .reader import decoded, lazy_group, opened, read_table

NOT_COMPUTED = 255  #: particle_status of a kept particle whose task is not done


def open_store(path: str | Path) -> Store:
    """Opens a result file: reads its tables, not its results."""
    return Store(Path(path))


class Store(LabelledFile):
    """Datasets with the dimensions `point`, `block`, `level`, `particle` and those of their quantities.

    Rows of tasks that are not done are masked: NaN, counts 0, `particle_status` 255; the coordinate `done`
    (point, block) tells them apart. What is done is what was done when the store was opened: open it again to see
    more.
    """

    FORMAT = "sigmaflow-result"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with opened(path) as file:
            self.tasks = lazy_group(path, file["tasks"])  #: one row per task
            self.sessions = read_table(file["sessions"])  #: one row per start of the program
        self.tasks["message"] = decoded(self.tasks["message"])
        self.sessions = self.sessions.isel(session=self.sessions["start"].values > 0)
        for name in ("hosts", "job"):
            self.sessions[name] = decoded(self.sessions[name]).compute()
        self._places = self.tasks[["group", "row", "block", "kept_first", "kept_count", "status"]].compute()

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}; {self._is_done().sum()} of {self.tasks.sizes['task']} tasks done>"

    def tables(self) -> dict[str, xr.Dataset]:
        return {**super().tables(), "tasks": self.tasks, "sessions": self.sessions}

    def _is_done(self) -> np.ndarray:
        """bool (task,)"""
        status = self._places["status"]
        return status.values == flag_names(status).index("done")

    def _label(self, name: str) -> xr.Dataset:
        data = super()._label(name)
        done, kept = self._done_rows(name)
        masks = {"per_block": done, "per_particle": kept}
        masked = {key: mask_rows(array, masks[array.attrs["rows"]]) for key, array in data.items()}
        return data.assign(masked).assign_coords(done=(("point", "block"), done))

    def _done_rows(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """What is done: bool (point, block) and bool (point, particle)."""
        sizes = self._groups[name].sizes
        done = np.zeros((sizes["point"], sizes["block"]), dtype=bool)
        kept = np.zeros((sizes["point"], sizes.get("particle", 0)), dtype=bool)
        here = self._is_done() & (self._places["group"].values == self._numbers[name])
        places = {key: column.values[here].astype(int) for key, column in self._places.items()}
        done[places["row"], places["block"]] = True
        for row, first, count in zip(places["row"], places["kept_first"], places["kept_count"]):
            kept[row, first:first + count] = True
        return done, kept

    def _parts_done(self, name: str) -> np.ndarray:
        group = self._records[name]
        done = np.zeros((group.sizes["point"], group.sizes[group.attrs["part_axis"]]), dtype=bool)
        here = self._is_done() & (self._places["group"].values == self._numbers[name])
        done[self._places["row"].values[here].astype(int), self._places["block"].values[here].astype(int)] = True
        return done


def mask_rows(array: xr.DataArray, valid: np.ndarray) -> xr.DataArray:
    """`array` with its leading two axes masked where `valid` is False; lazy."""
    if valid.all():
        return array
    fill = np.nan if array.dtype.kind == "f" else NOT_COMPUTED if array.name == "particle_status" else 0
    mask = da.from_array(valid.reshape(valid.shape + (1,) * (array.ndim - 2)), chunks=-1)
    return array.copy(data=da.where(mask, array.data, array.dtype.type(fill)))
