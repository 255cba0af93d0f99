"""What result files and summaries share: groups of points of equal shape, found by the labels of their points."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, Mapping

import h5py
import numpy as np
import pandas as pd
import xarray as xr

from .analyses import record_of, split_points
from .binning import attach_bins
from .errors import AnalysisError
from .reader import lazy_group, members_of, opened, read_table
from .selection import differences, matching, shown

FORMAT_VERSION = 1


def check_format(file: h5py.File, wanted: str) -> None:
    """Refuses a file of another kind or of another version."""
    found = file.attrs.get("format", "unknown")
    if found != wanted:
        raise AnalysisError(f"'{file.filename}' is no {wanted} (its format is '{found}')")
    version = int(file.attrs["format_version"])
    if version != FORMAT_VERSION:
        raise AnalysisError(f"'{file.filename}' has format version {version}, this package reads {FORMAT_VERSION}")


def flag_names(column: xr.DataArray) -> list[str]:
    """Meanings of the codes 0, 1, 2 ... of a column."""
    return str(column.attrs["flag_meanings"]).split()


class LabelledFile(Mapping[str, xr.Dataset]):
    """Lazy Datasets by group name.

    Every Dataset has the coordinates `sigma` (point, level), `id` and the labels of its points (point):
    `distribution`, `schedule`, `solver`, `dim`, `parameters` and one per sweep axis; `point` is the row in the table
    `points`. Records of analyses are no part of these groups: see `select_analyses`.
    """

    FORMAT = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        with opened(path) as file:
            check_format(file, self.FORMAT)
            self.rows = read_table(file["points"])  #: the table of points as it is in the file
            self.provenance = dict(file.attrs)
            self.study_text = bytes(file["study"][...]).decode()
            groups = {name: lazy_group(path, group) for name, group in members_of(file["results"])}
        self.points, self.analyses = split_points(self.rows)  #: one row per point, one per analysed distribution
        self._numbers = {name: number for number, name in enumerate(groups)}
        self._groups = {name: group for name, group in groups.items() if "analysis" not in group.attrs}
        self._records = {name: group for name, group in groups.items() if "analysis" in group.attrs}
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
        sizes = ", ".join(f"{name} ({group.sizes['point']} points)" for name, group in self._groups.items())
        return f"<{type(self).__name__} '{self.path}': {sizes}>"

    def tables(self) -> dict[str, xr.Dataset]:
        """The tables of the file by name."""
        return {"points": self.points, "analyses": self.analyses}

    def to_dataframe(self, table: str = "points") -> pd.DataFrame:
        """A table; codes by name, without columns of several numbers per row and without checksums."""
        if table not in self.tables():
            raise AnalysisError(f"'{self.path}' has no table '{table}' (it has {', '.join(self.tables())})")
        data = self.tables()[table]
        columns = {}
        for name, column in data.items():
            if column.ndim == 1 and not str(name).endswith("checksum"):
                codes = column.values
                named = "flag_meanings" in column.attrs
                columns[name] = np.array(flag_names(column), dtype=object)[codes] if named else codes
        row = data[next(iter(columns))].dims[0]
        return pd.DataFrame(columns, index=data.indexes.get(row)).rename_axis(row)

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

    def select_analyses(self, **labels: Any) -> list[xr.Dataset]:
        """Records of the analyses with these labels (`analysis`, `analysis_kind`, `distribution`, a sweep axis ...), one
        Dataset per distribution, in the order of the table `analyses`.

        Its dimensions are those of the analysis, `level` for instance; `sigma` is a coordinate if it is recorded. Parts
        that are not done are NaN, or -1 in integers; the coordinate `done` tells.
        """
        chosen = np.flatnonzero(matching(self.analyses, labels))
        if chosen.size == 0:
            raise AnalysisError(f"no analysis has {shown(labels)}")
        names = list(self._numbers)
        out = []
        for place in chosen:
            label = self.analyses.isel(point=place)
            name, row = names[int(label["group"])], int(label["row"])
            out.append(record_of(self._records[name], row, self._parts_done(name)[row], label))
        return out

    def select_analysis(self, **labels: Any) -> xr.Dataset:
        """The one analysis of one distribution with these labels."""
        found = self.select_analyses(**labels)
        if len(found) > 1:
            places = np.flatnonzero(matching(self.analyses, labels))
            raise AnalysisError(f"{len(found)} analyses have {shown(labels)}: choose by "
                                f"{differences(self.analyses.isel(point=places))}")
        return found[0]

    def _parts_done(self, name: str) -> np.ndarray:
        """bool (point, part): which parts of a group of analyses are done."""
        raise NotImplementedError

    def _points_of(self, name: str) -> np.ndarray:
        """(point,): rows of the table of points."""
        return self._groups[name]["point_index"].values

    def _label(self, name: str) -> xr.Dataset:
        """The group with the labels of its points."""
        data = self._groups[name]
        rows = self._points_of(name)
        labels = {column: ("point", values.values[rows]) for column, values in self.points.items()
                  if column not in ("group", "row")}
        data = data.drop_vars("point_index").assign_coords(point=("point", rows), sigma=data["sigma"].compute(),
                                                           **labels)
        return attach_bins(data).assign_attrs(group=name)
