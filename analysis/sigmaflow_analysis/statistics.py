"""Statistics per point, merged over blocks in their order by the rules of `sigmaflow aggregate`."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import xarray as xr

from .binning import Bins
from .errors import AnalysisError

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def fields_of(data: xr.Dataset) -> list[str]:
    """Names of the quantities that have statistics."""
    return [str(name).removesuffix("_bins") for name in data if str(name).endswith("_bins")]


def merged_bins(data: xr.Dataset, field: str) -> xr.DataArray:
    """(point, level, ..., bin): particles per bin, int64."""
    bins = data[f"{field}_bins"]
    return bins.astype(np.int64).sum("block", keep_attrs=True)


def quantiles(data: xr.Dataset, field: str, q: Sequence[float] = QUANTILES) -> xr.DataArray:
    """(point, level, ..., quantile) of a quantity over all valid particles, within the accuracy of the bins."""
    counts = merged_bins(data, field)
    axis = counts.dims[-1]
    levels = np.asarray(q, dtype=float)
    out = xr.apply_ufunc(Bins(counts.attrs).quantiles, counts.chunk({axis: -1}), input_core_dims=[[axis]],
                         output_core_dims=[["quantile"]], kwargs={"q": levels}, dask="parallelized",
                         output_dtypes=[float], dask_gufunc_kwargs={"output_sizes": {"quantile": levels.size}})
    return out.assign_coords(quantile=levels)


def summarise_field(data: xr.Dataset, field: str, q: Sequence[float] = QUANTILES) -> xr.Dataset:
    """count, mean, variance (of a sample), standard_error (of the mean), min, max and quantiles of one quantity."""
    if f"{field}_bins" not in data:
        raise AnalysisError(f"the file holds no quantity '{field}' (it has {', '.join(fields_of(data))})")
    weight = data[f"{field}_bins"].astype(np.int64).sum(data[f"{field}_bins"].dims[-1])
    count = weight.sum("block")
    mean = weighted(weight, data[f"{field}_mean"]) / count
    between = weighted(weight, (data[f"{field}_mean"] - mean) ** 2)
    m2 = data[f"{field}_m2"].sum("block") + between
    variance = (m2 / (count - 1)).where(count > 1)
    unit = data[f"{field}_mean"].attrs.get("units", "1")
    out = xr.Dataset({"count": count, "mean": mean.where(count > 0), "variance": variance,
                      "standard_error": np.sqrt(variance / count), "min": data[f"{field}_min"].min("block"),
                      "max": data[f"{field}_max"].max("block"), "quantiles": quantiles(data, field, q)})
    for name in ("mean", "standard_error", "min", "max", "quantiles"):
        out[name].attrs["units"] = unit
    return out.assign_attrs(field=field)


def weighted(weight: xr.DataArray, values: xr.DataArray) -> xr.DataArray:
    """Sum over blocks of weight * values; blocks without particles, whose values are NaN, do not count."""
    return (weight * values).where(weight > 0, 0.0).sum("block")


def summarise(data: xr.Dataset, q: Sequence[float] = QUANTILES) -> dict[str, xr.Dataset]:
    """`summarise_field` of every quantity; lazy."""
    return {field: summarise_field(data, field, q) for field in fields_of(data)}
