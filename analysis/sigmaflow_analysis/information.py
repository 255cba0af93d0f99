"""Mutual information of data and noisy data, in two ways that share nothing but the particles."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import xarray as xr

from .errors import AnalysisError
from .laws import variances_of
from .statistics import level_means

GAUSSIAN_TAIL = 0.01  #: part of mmse by which the largest level may differ from a Gaussian of the same covariance


def mutual_information(point: xr.Dataset, variances: Sequence[float] | None = None) -> xr.Dataset:
    """I(x0; x_sigma) in nats at the recorded levels, from the largest sigma down, with one standard error each.

    `point` is one point of a store or summary with the quantities `mmse` and `log_density`; its particles have to be
    draws from p_sigma (solver `marginal`, or an exact flow). With theta = sigma^-2:

    - `from_mmse`: dI/dtheta = mmse/2 (Guo, Shamai and Verdu 2005), integrated from the largest sigma down. What is
      beyond it is taken from a Gaussian with the covariance of the law, (1/2) sum ln(1 + lambda theta), which is exact
      to second order in theta. Only the difference to that Gaussian is integrated over the levels, by Hermite's rule in
      ln theta. Errors of levels are added as if they were one error: the same x0 and n may stand behind all of them.
    - `from_density`: -E ln p_sigma(x) - (d/2) ln(2 pi e sigma^2).

    `variances` are the eigenvalues of Cov(x0), if `laws.variances_of` cannot know them.
    """
    if variances is None:
        variances = variances_of(point)
    if variances is None:
        raise AnalysisError(f"the covariance of '{point['distribution'].item()}' is not known here "
                            "(call mutual_information with variances)")
    sigma, mmse, mmse_error = level_means(point, "mmse")
    _, log_density, density_error = level_means(point, "log_density")
    check_tail(point, mmse[0], mmse_error[0], sigma[0], np.asarray(variances))
    from_mmse, from_mmse_error = integrated(mmse, mmse_error, sigma, np.asarray(variances))
    noise = 0.5 * point["dim"].item() * np.log(2.0 * np.pi * np.e * sigma**2)
    values = {"from_mmse": from_mmse, "from_mmse_error": from_mmse_error,
              "from_density": -log_density - noise, "from_density_error": density_error}
    return xr.Dataset({name: ("level", value, {"units": "nat"}) for name, value in values.items()},
                      coords={"sigma": ("level", sigma)})


def gaussian_information(sigma: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """(level,): (1/2) sum ln(1 + lambda/sigma^2), I of a Gaussian with these variances."""
    return 0.5 * np.sum(np.log1p(variances / np.asarray(sigma)[:, None] ** 2), axis=1)


def gaussian_mmse(sigma: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """(level,): sum lambda sigma^2/(lambda + sigma^2), the mmse of a Gaussian with these variances."""
    square = np.asarray(sigma)[:, None] ** 2
    return np.sum(variances * square / (variances + square), axis=1)


def check_tail(point: xr.Dataset, mmse: float, error: float, sigma: float, variances: np.ndarray) -> None:
    """Refuses levels that end where the law is not yet like a Gaussian, and variances that are not the law's."""
    expected = gaussian_mmse(np.array([sigma]), variances)[0]
    if abs(mmse - expected) > GAUSSIAN_TAIL * expected + 4.0 * error:
        raise AnalysisError(f"at the largest level (sigma = {sigma:.4g}) '{point['distribution'].item()}' has mmse "
                            f"{mmse:.4g}, a Gaussian with its covariance {expected:.4g} (begin at a larger sigma, or "
                            "give other variances)")


def integrated(mmse: np.ndarray, errors: np.ndarray, sigma: np.ndarray,
               variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """I at the levels and its standard errors, from mmse there and the Gaussian beyond the first one."""
    theta = sigma**-2.0
    weights = cumulative_rule(np.log(theta))
    difference = 0.5 * theta * (mmse - gaussian_mmse(sigma, variances))
    return (gaussian_information(sigma, variances) + weights @ difference,
            np.abs(weights) @ (0.5 * theta * errors))


def cumulative_rule(u: np.ndarray) -> np.ndarray:
    """(level, level): weights of f(u_k) in the integral of f from u_0 to u_j, of order 4 inside.

    Hermite's rule, h/2 (f_0 + f_1) + h^2/12 (f'_0 - f'_1), with derivatives of parabolas through three neighbours.
    """
    if u.size == 1:
        return np.zeros((1, 1))
    values = np.eye(u.size)
    slopes = np.gradient(values, u, axis=0, edge_order=min(2, u.size - 1))
    h = np.diff(u)[:, None]
    steps = 0.5 * h * (values[:-1] + values[1:]) + h**2 / 12.0 * (slopes[:-1] - slopes[1:])
    return np.concatenate([np.zeros((1, u.size)), np.cumsum(steps, axis=0)])
