"""Records of analyses: what was computed once per distribution, a Dataset for each."""

from __future__ import annotations

import dask.array as da
import numpy as np
import xarray as xr

OF_SOLVERS, OF_ANALYSES = ("schedule", "solver"), ("analysis",)  #: rooms whose labels only one sort of rows has


def split_points(table: xr.Dataset) -> tuple[xr.Dataset, xr.Dataset]:
    """The rows of solvers and those of analyses of the table of points, each with the columns that mean something there.

    The coordinate `point` of the analyses is the row in the table.
    """
    names = table["analysis"].values if "analysis" in table else np.full(table.sizes["point"], "", dtype=object)
    ours = np.flatnonzero(names != "")
    others = np.flatnonzero(names == "")
    analyses = table.isel(point=ours).drop_vars(columns_of(table, OF_SOLVERS)).assign_coords(point=("point", ours))
    return table.isel(point=others).drop_vars(columns_of(table, OF_ANALYSES)), analyses


def columns_of(table: xr.Dataset, rooms: tuple[str, ...]) -> list[str]:
    """Labels, kinds and sweep axes of these rooms."""
    return [str(name) for name in table for room in rooms
            if str(name) in (room, f"{room}_kind") or str(name).startswith(f"{room}.")]


def record_of(group: xr.Dataset, row: int, done: np.ndarray, labels: xr.Dataset) -> xr.Dataset:
    """The arrays of one analysis of one distribution; lazy.

    `done`, bool (part,), says which parts are there: the others are NaN, or -1 in integers. The axis of parts stays, and
    `done` with it, unless it is a single `part`. A field `sigma` along it is a coordinate.
    """
    axis = group.attrs["part_axis"]
    data = group.drop_vars(["point_index", "done"], errors="ignore").isel(point=row)
    data = data.assign({str(name): masked(array, done, axis) for name, array in data.items()})
    data = data.assign_coords(done=(axis, done), **{str(name): ((), column.values) for name, column in labels.items()
                                                    if name not in ("group", "row")}, point=labels["point"].item())
    if "sigma" in data and data["sigma"].dims == (axis,):
        data = data.assign_coords(sigma=data["sigma"].compute())
    return data.squeeze(axis) if axis == "part" and data.sizes[axis] == 1 else data


def masked(array: xr.DataArray, done: np.ndarray, axis: str) -> xr.DataArray:
    """`array` with the parts that are not done marked as unused; lazy."""
    if done.all():
        return array
    fill = np.nan if array.dtype.kind == "f" else -1
    shape = tuple(array.sizes[axis] if name == axis else 1 for name in array.dims)
    return array.copy(data=da.where(da.from_array(done.reshape(shape), chunks=-1), array.data, array.dtype.type(fill)))
