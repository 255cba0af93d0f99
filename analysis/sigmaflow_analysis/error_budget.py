"""What each step of a solver adds to its error at the end, from the quantity `error_budget`."""

from __future__ import annotations

import numpy as np
import xarray as xr

from .errors import AnalysisError
from .statistics import check_field, level_means

NEEDED = ("error_budget", "predicted_error", "global_error")


def error_budget(point: xr.Dataset) -> xr.Dataset:
    """Where the error of one point of a store or summary comes from, along the eigenvectors of J at the end.

    Means over particles, in data units, with the sign of the prediction of each particle, so that they add up:

    - `contribution` (step, rank) and its standard error: what the steps between the sigmas `sigma_from` and `sigma_to`,
      largest first on either way, add to the error at the end; ranks ascend with the eigenvalues of J;
    - `predicted` (rank): the sum of them, and `measured` (rank): the error against the exact flow.

    A step is that between two recorded levels: with levels = "grid" a step of the solver.
    """
    for field in NEEDED:
        check_field(point, field)
    sigma, mean, error = level_means(point, "error_budget")
    if sigma.size < 2:
        raise AnalysisError(f"'{point['distribution'].item()}' has one level: its error has no parts (record levels = "
                            "\"grid\")")
    visited = point["sigma"].values[np.isfinite(point["sigma"].values)]
    first, last = (0, -1) if visited[0] > visited[-1] else (-1, 0)  # of the way; at the first nothing has happened yet
    predicted, measured = (level_means(point, field)[1][last] for field in ("predicted_error", "global_error"))
    return xr.Dataset({"contribution": (("step", "rank"), np.delete(mean, first, axis=0), {"units": "data"}),
                       "standard_error": (("step", "rank"), np.delete(error, first, axis=0), {"units": "data"}),
                       "predicted": ("rank", predicted, {"units": "data"}),
                       "measured": ("rank", measured, {"units": "data"})},
                      coords={"sigma_from": ("step", sigma[:-1]), "sigma_to": ("step", sigma[1:]),
                              "rank": np.arange(1, mean.shape[1] + 1)})
