"""Statistics per point, merged over blocks in their order by the rules of `sigmaflow aggregate`."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import xarray as xr

from .binning import Bins
from .errors import AnalysisError

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def fields_of(data: xr.Dataset) -> list[str]:
    """Names of the quantities that have statistics."""
    return [str(name).removesuffix("_bins") for name in data if str(name).endswith("_bins")]


def check_field(data: xr.Dataset, field: str) -> None:
    """Refuses a quantity that was not recorded."""
    if f"{field}_bins" not in data:
        raise AnalysisError(f"the file holds no quantity '{field}' (it has {', '.join(fields_of(data))})")


def levels_of(point: xr.Dataset) -> np.ndarray:
    """Indices of the recorded levels that have a sigma of their own, from the largest sigma down."""
    sigma = point["sigma"].values
    used = np.flatnonzero(np.isfinite(sigma))
    return used[np.argsort(-sigma[used], kind="stable")]


def merged_bins(data: xr.Dataset, field: str) -> xr.DataArray:
    """(point, level, ..., bin): particles per bin, int64."""
    check_field(data, field)
    bins = data[f"{field}_bins"].astype(np.int64)
    return bins.sum("block", keep_attrs=True) if "block" in bins.dims else bins


def quantiles(data: xr.Dataset, field: str, q: Sequence[float] = QUANTILES) -> xr.DataArray:
    """(point, level, ..., quantile) of a quantity over all valid particles, within the accuracy of the bins."""
    counts = merged_bins(data, field)
    axis = counts.dims[-1]
    levels = np.asarray(q, dtype=float)
    out = xr.apply_ufunc(Bins(counts.attrs).quantiles, counts.chunk({axis: -1}), input_core_dims=[[axis]],
                         output_core_dims=[["quantile"]], kwargs={"q": levels}, dask="parallelized",
                         output_dtypes=[float], dask_gufunc_kwargs={"output_sizes": {"quantile": levels.size}})
    return out.assign_coords(quantile=levels)


def sharp_quantiles(point: xr.Dataset, field: str, q: Sequence[float]) -> xr.DataArray:
    """Quantiles of one point: the bins of all particles tell in which bin, the kept particles where in it.

    As accurate as `quantiles`, and exact where the kept particles are like all; without any in a bin, the value that
    stands for it. The exact extremes bound the result. Computed, not lazy.
    """
    counts = merged_bins(point, field).compute()
    bins = Bins(counts.attrs)
    found, fraction = bins.locate(counts.values, np.asarray(q, dtype=float))
    out = np.where(found >= 0, bins.representatives()[found], np.nan)
    if field in point:
        kept = point[field].values  # (particle, level, ...)
        kept_bins = np.where(np.isfinite(kept), bins.index(kept), -2)
        for place in np.ndindex(*found.shape):
            inside = kept[(slice(None), *place[:-1])][kept_bins[(slice(None), *place[:-1])] == found[place]]
            if inside.size > 0:
                out[place] = np.quantile(inside, np.clip(fraction[place], 0.0, 1.0))
    result = xr.DataArray(out, dims=(*counts.dims[:-1], "quantile"), coords={"quantile": list(q)})
    extremes = merged_extremes(point, field)
    return result.clip(extremes["min"].compute(), extremes["max"].compute())


def merged_extremes(data: xr.Dataset, field: str) -> dict[str, xr.DataArray]:
    """min and max over blocks; NaN without particles."""
    low, high = data[f"{field}_min"], data[f"{field}_max"]
    if "block" in low.dims:
        low, high = low.fillna(np.inf).min("block"), high.fillna(-np.inf).max("block")
    return {"min": low.where(low < np.inf), "max": high.where(high > -np.inf)}


def merge_in_order(count: np.ndarray, mean: np.ndarray, m2: np.ndarray) -> np.ndarray:
    """(..., 3): count, mean and sum of squared deviations of all blocks, from arrays (..., block).

    In the order of the blocks, by the pairwise formula of Chan, Golub and LeVeque (1983), as the program does it.
    """
    out = np.zeros(np.broadcast_shapes(count.shape, mean.shape)[:-1] + (3,))
    for block in range(mean.shape[-1]):
        added = np.broadcast_to(count[..., block], out.shape[:-1]).astype(float)
        some = added > 0.0
        total = out[..., 0] + added
        whole = np.maximum(total, 1.0)
        delta = np.where(some, mean[..., block] - out[..., 1], 0.0)
        out[..., 1] += delta * (added / whole)
        out[..., 2] += np.where(some, m2[..., block], 0.0) + delta * delta * (out[..., 0] * added / whole)
        out[..., 0] = total
    return out


def merged_moments(data: xr.Dataset, field: str) -> dict[str, xr.DataArray]:
    """count, mean, variance, min and max over blocks; NaN without particles."""
    parts = [data["count"], data[f"{field}_mean"], data[f"{field}_m2"]]
    axes = [dim for dim in parts[1].dims if dim != "block"]
    count = parts[0].broadcast_like(parts[1]).transpose(*axes, "block")
    merged = xr.apply_ufunc(merge_in_order, *[part.chunk(block=-1) for part in (count, *parts[1:])],
                            input_core_dims=[["block"]] * 3, output_core_dims=[["moment"]], dask="parallelized",
                            output_dtypes=[float], dask_gufunc_kwargs={"output_sizes": {"moment": 3}})
    number, mean, m2 = (merged.isel(moment=i) for i in range(3))
    return {"count": data["count"].astype(np.int64).sum("block"), "mean": mean.where(number > 0),
            "variance": m2 / (number - 1).where(number > 1), **merged_extremes(data, field)}


def summarise_field(data: xr.Dataset, field: str, q: Sequence[float] = QUANTILES) -> xr.Dataset:
    """count, mean, variance (of a sample), standard_error (of the mean), min, max and quantiles of one quantity.

    `data` is a Dataset of a store or of a summary; the result is lazy.
    """
    check_field(data, field)
    if f"{field}_m2" in data:
        out = merged_moments(data, field)
    else:
        out = {name: data[f"{field}_{name}"] for name in ("mean", "variance", "min", "max")}
        out["count"] = data["count"]
    out["standard_error"] = np.sqrt(out["variance"] / out["count"].where(out["count"] > 0))
    out["quantiles"] = quantiles(data, field, q)
    summary = xr.Dataset(out).assign_attrs(field=field)
    for name in ("mean", "standard_error", "min", "max", "quantiles"):
        summary[name].attrs["units"] = data[f"{field}_mean"].attrs.get("units", "1")
    return summary


def level_means(point: xr.Dataset, field: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """sigma (level,), mean and standard error (level, ...) of a quantity of one point, from the largest sigma down."""
    levels = levels_of(point)
    bare = point.reset_coords(drop=True)  # labels cost more time than the numbers
    statistics = summarise_field(bare, field)[["mean", "standard_error"]].isel(level=levels).compute()
    mean, error = (statistics[name].transpose("level", ...).values for name in ("mean", "standard_error"))
    return point["sigma"].values[levels], mean, error


def summarise(data: xr.Dataset, q: Sequence[float] = QUANTILES) -> dict[str, xr.Dataset]:
    """`summarise_field` of every quantity."""
    return {field: summarise_field(data, field, q) for field in fields_of(data)}
