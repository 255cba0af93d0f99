"""HDF5 datasets as lazy, labelled arrays.

The file is opened anew for every piece that is read: no handle stays open while a job writes, nothing stale is kept in
HDF5's buffers, and the arrays can be sent to other processes.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import dask.array as da
import h5py
import numpy as np
import xarray as xr

from .errors import AnalysisError

CHUNK_BYTES = 8 << 20
STRUCTURE = {"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST", "dimensions", "_Netcdf4Dimid", "_Netcdf4Coordinates"}


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """The file, open for reading.

    Without HDF5's lock: metadata never change, so a running job does not matter, and it must not be kept out. Where
    this process has the file open with a lock already, HDF5 wants the same again.
    """
    try:
        file = h5py.File(path, "r", locking=False)
    except FileNotFoundError:
        raise AnalysisError(f"there is no file '{path}'") from None
    except OSError:
        try:
            file = h5py.File(path, "r")
        except OSError as error:
            raise AnalysisError(f"cannot read '{path}' as HDF5 ({error})") from None
    with file:
        yield file


class LazyDataset:
    """What dask needs to know of a dataset, and how to read a piece of it."""

    def __init__(self, path: Path, dataset: h5py.Dataset) -> None:
        self.path = path
        self.name = dataset.name
        self.shape = dataset.shape
        self.dtype = dataset.dtype
        self.ndim = dataset.ndim

    def __getitem__(self, key: Any) -> np.ndarray:
        with opened(self.path) as file:
            return file[self.name][key]


def chunks_of(shape: tuple[int, ...], item_bytes: int) -> tuple[int, ...]:
    """Chunks that are contiguous in the file: trailing axes whole, at most one axis cut, leading ones one by one."""
    chunks = []
    room = max(CHUNK_BYTES // item_bytes, 1)
    for size in reversed(shape):
        chunks.append(max(min(size, room), 1))
        room = max(room // max(size, 1), 1)
    return tuple(reversed(chunks))


def attributes_of(item: h5py.HLObject) -> dict[str, Any]:
    """Attributes without those that only make dimensions work."""
    return {name: value for name, value in item.attrs.items() if name not in STRUCTURE}


def is_dimension(dataset: h5py.Dataset) -> bool:
    """Whether it only names a dimension and holds no values."""
    name = dataset.attrs.get("NAME", b"")
    text = name.decode() if isinstance(name, bytes) else str(name)
    return text.startswith("This is a netCDF dimension but not a netCDF variable")


def lazy_array(path: Path, dataset: h5py.Dataset) -> xr.DataArray:
    """The dataset with its named dimensions; nothing is read."""
    lazy = LazyDataset(path, dataset)
    chunks = chunks_of(lazy.shape, lazy.dtype.itemsize)
    meta = np.empty((0,) * lazy.ndim, lazy.dtype)  # given, or dask reads an empty piece to see it
    values = da.from_array(lazy, chunks=chunks, name=False, fancy=False, meta=meta)
    return xr.DataArray(values, dims=dataset.attrs["dimensions"].split(), attrs=attributes_of(dataset))


def members_of(group: h5py.Group) -> list[tuple[str, h5py.HLObject]]:
    """Names and members. A list, because h5py holds its lock while it iterates: whoever waits in the loop for another
    thread that reads waits for ever.
    """
    return list(group.items())


def lazy_group(path: Path, group: h5py.Group) -> xr.Dataset:
    """All datasets of a group, lazily but for the coordinates of its dimensions."""
    arrays = {}
    for name, item in members_of(group):
        if is_dimension(item):
            continue
        if item.attrs["dimensions"] == name:
            arrays[name] = (name, item[...], attributes_of(item))
        else:
            arrays[name] = lazy_array(path, item)
    return xr.Dataset(arrays, attrs=attributes_of(group))


def read_column(dataset: h5py.Dataset) -> np.ndarray:
    """A column of a table, texts as str."""
    if h5py.check_string_dtype(dataset.dtype):
        return dataset.asstr()[...]
    return dataset[...]


def read_table(group: h5py.Group) -> xr.Dataset:
    """A table whose columns all fit in memory."""
    columns = {}
    for name, item in members_of(group):
        if not is_dimension(item):
            columns[name] = (item.attrs["dimensions"].split(), read_column(item), attributes_of(item))
    return xr.Dataset(columns, attrs=attributes_of(group))


def decoded(padded: xr.DataArray) -> xr.DataArray:
    """Texts of the rows of a uint8 array (row, byte) that are UTF-8 padded with zeros; lazy if the array is."""
    row, byte = padded.dims

    def decode(rows: np.ndarray) -> np.ndarray:
        texts = [bytes(line).rstrip(b"\0").decode("utf-8", "replace") for line in rows.reshape(-1, rows.shape[-1])]
        return np.array(texts, dtype=object).reshape(rows.shape[:-1])

    return xr.apply_ufunc(decode, padded.chunk({byte: -1}), input_core_dims=[[byte]], dask="parallelized",
                          output_dtypes=[object], keep_attrs=True).transpose(row)
