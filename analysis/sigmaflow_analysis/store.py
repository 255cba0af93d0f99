"""A result file of `sigmaflow run` as labelled, lazy arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, Mapping

import dask.array as da
import h5py
import numpy as np
import pandas as pd
import xarray as xr

from .binning import attach_bins
from .errors import AnalysisError
from .reader import decoded, lazy_group, opened, read_table
from .selection import differences, matching, shown

RESULT_FORMAT = "sigmaflow-result"
FORMAT_VERSION = 1
NOT_COMPUTED = 255  #: particle_status of a kept particle whose task is not done


def open_store(path: str | Path) -> Store:
    """Opens a result file, finished or still being written: reads its tables, not its results."""
    return Store(Path(path))


def check_format(file: h5py.File, wanted: str) -> None:
    """Refuses a file of another kind or of a newer format."""
    found = file.attrs.get("format", "")
    if found != wanted:
        raise AnalysisError(f"'{file.filename}' is no file of format {wanted} (its format is '{found or 'unknown'}')")
    version = int(file.attrs["format_version"])
    if version != FORMAT_VERSION:
        raise AnalysisError(f"'{file.filename}' has format version {version}, this program reads {FORMAT_VERSION}")


def flag_names(column: xr.DataArray) -> list[str]:
    """Meanings of the codes 0, 1, 2 ... of a column."""
    return str(column.attrs["flag_meanings"]).split()


class Store(Mapping[str, xr.Dataset]):
    """Datasets by group name (points of equal shape share a group), and the tables of the file.

    Every Dataset has dimensions `point`, `block`, `level`, `particle` and those of its quantities, and the coordinates
    `sigma` (point, level), `done` (point, block), `id` and the labels of the points (point): `distribution`,
    `schedule`, `solver`, `dim` and one per sweep axis. Rows of tasks that are not done are masked: NaN, counts 0,
    `particle_status` 255. What is done is what was done when the store was opened; open it again to see more.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with opened(path) as file:
            check_format(file, RESULT_FORMAT)
            self.points = read_table(file["points"])  #: one row per point
            self.tasks = lazy_group(path, file["tasks"])  #: one row per task
            self.sessions = read_table(file["sessions"])  #: one row per start of the program
            self.provenance = {name: value for name, value in file.attrs.items()}
            self.study_text = bytes(file["study"][...]).decode()
            self._groups = {name: lazy_group(path, group) for name, group in file["results"].items()}
        self.tasks["message"] = decoded(self.tasks["message"])
        self.sessions = self.sessions.isel(session=self.sessions["start"].values > 0)
        for name in ("hosts", "job"):
            self.sessions[name] = decoded(self.sessions[name]).compute()
        self._places = self.tasks[["group", "row", "block", "kept_first", "kept_count", "status"]].compute()
        self._labelled: dict[str, xr.Dataset] = {}

    def __getitem__(self, name: str) -> xr.Dataset:
        if name not in self._labelled:
            self._labelled[name] = self._label(name)
        return self._labelled[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._groups)

    def __len__(self) -> int:
        return len(self._groups)

    def __repr__(self) -> str:
        done = int(np.sum(self._is_done()))
        sizes = ", ".join(f"{name} ({dict(group.sizes)['point']} points)" for name, group in self._groups.items())
        return f"<Store '{self.path}': {done}/{self.tasks.sizes['task']} tasks done; {sizes}>"

    def to_dataframe(self, table: str = "points") -> pd.DataFrame:
        """The table `points`, `tasks` or `sessions`; codes by name, without checksums."""
        if table not in ("points", "tasks", "sessions"):
            raise AnalysisError(f"there is no table '{table}' (points, tasks or sessions)")
        data = getattr(self, table)
        row = table[:-1]
        columns = {name: column.values for name, column in data.items() if column.dims == (row,)}
        for name in columns:
            if "flag_meanings" in data[name].attrs:
                columns[name] = np.array(flag_names(data[name]), dtype=object)[columns[name]]
        frame = pd.DataFrame(columns).rename_axis(row)
        return frame.drop(columns="record_checksum", errors="ignore")

    def select_groups(self, **labels: Any) -> dict[str, xr.Dataset]:
        """The points with these labels, by group; see `select`."""
        chosen = np.flatnonzero(matching(self.points, labels))
        if chosen.size == 0:
            raise AnalysisError(f"no point has {shown(labels)}")
        out = {}
        for name in self:
            rows = np.flatnonzero(np.isin(self[name]["point"].values, chosen))
            if rows.size > 0:
                out[name] = self[name].isel(point=rows)
        return out

    def select(self, **labels: Any) -> xr.Dataset:
        """The points with these labels: any column of the table of points, or the last word of a sweep axis.

        A value or a list of values; numbers match to nine digits. All points must be in one group.
        """
        groups = self.select_groups(**labels)
        if len(groups) > 1:
            raise AnalysisError(f"points with {shown(labels)} are in several groups: {', '.join(groups)} "
                                "(add a label such as dim, or use select_groups)")
        return next(iter(groups.values()))

    def select_points(self, **labels: Any) -> list[xr.Dataset]:
        """The points with these labels, one Dataset without the dimension `point` each, in the order of the table."""
        found = [group.isel(point=i) for group in self.select_groups(**labels).values()
                 for i in range(group.sizes["point"])]
        return sorted(found, key=lambda point: int(point["point"]))

    def select_point(self, **labels: Any) -> xr.Dataset:
        """The one point with these labels."""
        found = self.select_points(**labels)
        if len(found) > 1:
            rows = [int(point["point"]) for point in found]
            raise AnalysisError(f"{len(found)} points have {shown(labels)}: choose by "
                                f"{differences(self.points.isel(point=rows))}")
        return found[0]

    def _points_of(self, name: str) -> np.ndarray:
        return self._groups[name]["point_index"].values

    def _is_done(self) -> np.ndarray:
        status = self._places["status"]
        return status.values == flag_names(status).index("done")

    def _label(self, name: str) -> xr.Dataset:
        data = self._groups[name]
        points = self._points_of(name)
        labels = {column: ("point", values.values[points]) for column, values in self.points.items()
                  if column not in ("group", "row", "parameters")}
        labels["parameters"] = ("point", self.points["parameters"].values[points])
        done, kept = self._done_rows(name)
        data = data.drop_vars("point_index").assign_coords(
            point=("point", points), sigma=data["sigma"].compute(), done=(("point", "block"), done), **labels)
        masks = {"per_block": done, "per_particle": kept}
        masked = {key: mask_rows(array, masks[array.attrs["rows"]]) for key, array in data.items()}
        return attach_bins(data.assign(masked)).assign_attrs(group=name)

    def _done_rows(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """What is done: bool (point, block) and bool (point, particle)."""
        sizes = self._groups[name].sizes
        done = np.zeros((sizes["point"], sizes["block"]), dtype=bool)
        kept = np.zeros((sizes["point"], sizes.get("particle", 0)), dtype=bool)
        number = self.points["group"].values[self._points_of(name)[0]]
        here = self._is_done() & (self._places["group"].values == number)
        places = self._places.isel(task=here)
        done[places["row"].values.astype(int), places["block"].values.astype(int)] = True
        first, count = places["kept_first"].values.astype(int), places["kept_count"].values.astype(int)
        for row, begin, size in zip(places["row"].values.astype(int), first, count):
            kept[row, begin:begin + size] = True
        return done, kept


def mask_rows(array: xr.DataArray, valid: np.ndarray) -> xr.DataArray:
    """`array` with its leading two axes masked where `valid` is False; lazy."""
    if valid.all():
        return array
    fill = np.nan if array.dtype.kind == "f" else NOT_COMPUTED if array.name == "particle_status" else 0
    mask = da.from_array(valid.reshape(valid.shape + (1,) * (array.ndim - 2)), chunks=-1)
    return array.copy(data=da.where(mask, array.data, array.dtype.type(fill)))
