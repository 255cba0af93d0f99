"""Trees of branches and of classes as tables: where each splits, what it weighs, whether two halves agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr


def branch_table(record: xr.Dataset) -> pd.DataFrame:
    """A row per recorded leaf of a `tree`: parent (-1 of a root), sigma where it splits off, and masses.

    `mass` is the share of particles that end in the leaf, `branch_mass` that of all leaves that split off the branch or
    are its own, both with binomial standard errors; `gaussian_mass` is what its Gaussian at sigma_min would have.
    """
    leaves = min(int(record["leaf_count"].max()), record.sizes["leaf"])
    parent = record["parent"].values[0, :leaves]
    ends = np.maximum(record["ends"].values[1:, :leaves], 0).sum(axis=0)
    total = max(int(np.maximum(record["particles"].values[1:], 0).sum()), 1)
    branch = ends.astype(float)
    sigma = record["splitting_sigma"].values[0, :leaves]
    for leaf in np.argsort(np.where(np.isnan(sigma), np.inf, sigma), kind="stable"):
        if 0 <= parent[leaf] < leaves:
            branch[parent[leaf]] += branch[leaf]
    table = pd.DataFrame({"parent": parent, "splitting_sigma": sigma,
                          "gaussian_mass": record["gaussian_mass"].values[0, :leaves]}, index=pd.RangeIndex(leaves, name="leaf"))
    for name, count in (("mass", ends), ("branch_mass", branch)):
        share = count / total
        table[name], table[f"{name}_error"] = share, np.sqrt(share * (1.0 - share) / total)
    return table


def pair_table(record: xr.Dataset) -> pd.DataFrame:
    """A row per pair of classes of a `class_tree`, by falling sigma: first, second, sigma and its error.

    The mean over sets of particles, weighted by their errors.
    """
    sigma, error = record["splitting_sigma"].values, record["splitting_sigma_error"].values
    weight = np.where(np.isfinite(sigma) & (error > 0.0), 1.0 / error**2, 0.0)
    total = weight.sum(axis=0)
    mean = np.where(total > 0.0, (weight * np.nan_to_num(sigma)).sum(axis=0) / np.where(total > 0.0, total, 1.0), np.nan)
    table = pd.DataFrame({"first": record["first"].values[0], "second": record["second"].values[0], "sigma": mean,
                          "error": np.where(total > 0.0, total, np.nan) ** -0.5})
    return table.sort_values("sigma", ascending=False, ignore_index=True)


def merge_table(record: xr.Dataset) -> pd.DataFrame:
    """The tree of classes of every set, from the leaves up: set, step, first, second (groups), sigma, error."""
    names = {"merge_first": "first", "merge_second": "second", "merge_sigma": "sigma", "merge_sigma_error": "error"}
    frames = [pd.DataFrame({"set": part, "step": np.arange(record.sizes["merge"]),
                            **{short: record[name].values[part] for name, short in names.items()}})
              for part in range(record.sizes["set"])]
    return pd.concat(frames, ignore_index=True)


def class_masses(record: xr.Dataset) -> np.ndarray:
    """Share of the particles that end in each class, all sets together."""
    ends = record["ends"].values.sum(axis=0)
    return ends / max(int(ends.sum()), 1)


def set_differences(record: xr.Dataset) -> np.ndarray:
    """Splitting sigmas of the first set less those of the second, in standard errors of the difference."""
    sigma, error = record["splitting_sigma"].values, record["splitting_sigma_error"].values
    return (sigma[0] - sigma[1]) / np.hypot(error[0], error[1])


def order_conflict(record: xr.Dataset) -> float:
    """The strongest disagreement of the first two sets about the order of two splits, in standard errors; 0 for none.

    Where the sets tell opposite orders, each says so with some significance; the smaller one of the two counts, as the
    surer set may be wrong alone.
    """
    sigma, error = record["splitting_sigma"].values[:2], record["splitting_sigma_error"].values[:2]
    apart = sigma[:, :, None] - sigma[:, None, :]
    sure = apart / np.sqrt(error[:, :, None] ** 2 + error[:, None, :] ** 2)
    opposite = np.sign(apart[0]) * np.sign(apart[1]) < 0
    return float(np.where(opposite, np.min(np.abs(sure), axis=0), 0.0).max(initial=0.0))
