"""Data distributions that are mixtures of Gaussians, rebuilt from the parameters that a result file stores.

Only to shade figures with ln p_sigma: the program computes everything else. A figure compares with the recorded
`log_density` before it uses one (see figures.trajectories).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, Mapping

import numpy as np
import xarray as xr

MOST_CUBE_DIM = 12  #: a cube has 2^dim corners
FLAT = 1e-13  #: standard deviations below this part of the widest count as zero


@dataclass(frozen=True)
class Mixture:
    """Weights (k,), means (k, d) and covariances (k, d, d)."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray

    def mean(self) -> np.ndarray:
        """(d,)"""
        return self.weights @ self.means

    def covariance(self) -> np.ndarray:
        """(d, d)"""
        offsets = self.means - self.mean()
        return np.einsum("k,kij->ij", self.weights, self.covariances + offsets[:, :, None] * offsets[:, None, :])

    def log_density(self, x: np.ndarray, sigma: float) -> np.ndarray:
        """ln p_sigma at points x (..., d), of the law blurred by noise of standard deviation sigma."""
        dim = self.means.shape[1]
        terms = []
        for weight, mean, covariance in zip(self.weights, self.means, self.covariances):
            values, vectors = np.linalg.eigh(covariance + sigma**2 * np.eye(dim))
            projected = (x - mean) @ vectors
            terms.append(np.log(weight) - 0.5 * np.sum(projected**2 / values + np.log(2.0 * np.pi * values), axis=-1))
        return np.logaddexp.reduce(terms, axis=0)


def law_of(parameters: str) -> Mixture | None:
    """The distribution of a point from its `parameters` (JSON); None if it is no mixture that is known here."""
    choice = json.loads(parameters)["distribution"]
    maker = MAKERS.get(choice["kind"])
    if maker is None:
        return None
    values = {name: json.loads(text) for name, text in choice["parameters"].items()}
    law = maker(values)
    return None if law is None else normalized(law, values["normalize"])


def variances_of(point: xr.Dataset) -> np.ndarray | None:
    """Eigenvalues of Cov(x0) of a point, ascending; None if they are not known here.

    Of other laws after normalize = "identity" they are d ones: such a law is taken not to lie in a subspace.
    """
    parameters = str(point["parameters"].item())
    law = law_of(parameters)
    if law is not None:
        return np.maximum(np.linalg.eigvalsh(law.covariance()), 0.0)
    normalize = json.loads(parameters)["distribution"]["parameters"].get("normalize", '"none"')
    return np.ones(point["dim"].item()) if json.loads(normalize) == "identity" else None


def atoms_of(parameters: str) -> int | None:
    """N of a law that is N points of equal weight; None for others."""
    choice = json.loads(parameters)["distribution"]
    values = {name: json.loads(text) for name, text in choice["parameters"].items()}
    counts = {"ellipsoid_points": lambda: values["count"], "hypercube": lambda: 2 ** values["dim"],
              "simplex": lambda: values["dim"] + 1, "ring": lambda: values["count"]}
    count = counts.get(choice["kind"])
    width = values.get("jitter", values.get("width"))
    return count() if count and width == 0.0 else None


def normalized(law: Mixture, how: str) -> Mixture:
    """The law after the map of the parameter `normalize`."""
    if how == "none":
        return law
    centred = Mixture(law.weights, law.means - law.mean(), law.covariances)
    if how == "center":
        return centred
    values, vectors = np.linalg.eigh(law.covariance())
    widths = np.sqrt(np.maximum(values, 0.0))
    inverse = np.where(widths > FLAT**0.5 * widths.max(), 1.0 / np.maximum(widths, FLAT), 0.0)
    scaling = vectors @ np.diag(inverse) @ vectors.T
    return Mixture(law.weights, centred.means @ scaling, scaling @ law.covariances @ scaling)


def mixture(means: Any, covariances: np.ndarray, weights: Any = None) -> Mixture:
    """A mixture without components of weight zero; equal weights by default."""
    means = np.asarray(means, dtype=float)
    weights = np.ones(len(means)) if weights is None else np.asarray(weights, dtype=float)
    kept = weights > 0.0
    return Mixture(weights[kept] / weights.sum(), means[kept], np.asarray(covariances, dtype=float)[kept])


def cloud(points: Any, width: float, weights: Any = None) -> Mixture:
    """Equal isotropic components at `points` (k, d)."""
    points = np.asarray(points, dtype=float)
    return mixture(points, np.broadcast_to(width**2 * np.eye(points.shape[1]), (len(points),) + points.shape[1:] * 2),
                   weights)


def gaussian(p: Mapping[str, Any]) -> Mixture:
    dim = p.get("dim") or len(p.get("variances") or p.get("covariance") or p.get("mean"))
    covariance = p["covariance"] if "covariance" in p else np.diag(p.get("variances", np.ones(dim)))
    return mixture([p.get("mean", np.zeros(dim))], np.array([covariance]))


def gaussian_mixture(p: Mapping[str, Any]) -> Mixture:
    dim = len(p["means"][0])
    widths = np.asarray(p.get("widths", []), dtype=float)
    covariances = p.get("covariances", widths[:, None, None] ** 2 * np.eye(dim))
    return mixture(p["means"], np.asarray(covariances), p.get("weights"))


def parallel_planes(p: Mapping[str, Any]) -> Mixture:
    normal = np.arange(p["dim"]) < p["codim"]
    mean = normal * p["offset"] / np.sqrt(p["codim"])
    covariance = np.diag(np.where(normal, 0.0, p["scale"] ** 2))
    return mixture([-mean, mean], np.array([covariance, covariance]))


def crossing_planes(p: Mapping[str, Any]) -> Mixture:
    half = np.radians(p["angle"]) / 2.0
    covariances = []
    for side in (-1.0, 1.0):
        normals = np.zeros((p["dim"], p["codim"]))
        for j in range(p["codim"]):
            normals[2 * j:2 * j + 2, j] = np.cos(half), side * np.sin(half)
        covariances.append(p["scale"] ** 2 * (np.eye(p["dim"]) - normals @ normals.T))
    return mixture(np.zeros((2, p["dim"])), np.array(covariances))


def two_deltas(p: Mapping[str, Any]) -> Mixture:
    point = p["radius"] * np.eye(p["dim"])[0]
    return cloud([-point, point], p["width"], [1.0 - p["weight"], p["weight"]])


def hypercube(p: Mapping[str, Any]) -> Mixture | None:
    if p["dim"] > MOST_CUBE_DIM:
        return None
    signs = 2.0 * (np.arange(2 ** p["dim"])[:, None] >> np.arange(p["dim"]) & 1) - 1.0
    return cloud(p["radius"] * signs, p["width"])


def simplex(p: Mapping[str, Any]) -> Mixture:
    dim = p["dim"]
    points = np.zeros((dim + 1, dim))
    for i in range(dim):  # rows of Helmert's matrix
        points[:i + 1, i] = 1.0 / np.sqrt((i + 1) * (i + 2))
        points[i + 1, i] = -np.sqrt((i + 1) / (i + 2))
    return cloud(p["radius"] * np.sqrt((dim + 1) / dim) * points, p["width"])


def ring(p: Mapping[str, Any]) -> Mixture:
    angles = 2.0 * np.pi * np.arange(p["count"]) / p["count"]
    points = np.zeros((p["count"], p["dim"]))
    points[:, 0], points[:, 1] = p["radius"] * np.cos(angles), p["radius"] * np.sin(angles)
    return cloud(points, p["width"])


def points(p: Mapping[str, Any]) -> Mixture | None:
    return cloud(p["values"], 0.0, p.get("weights")) if "values" in p else None


MAKERS: Mapping[str, Callable[[Mapping[str, Any]], Mixture | None]] = {
    "gaussian": gaussian,
    "gaussian_mixture": gaussian_mixture,
    "parallel_planes": parallel_planes,
    "crossing_planes": crossing_planes,
    "two_deltas": two_deltas,
    "hypercube": hypercube,
    "simplex": simplex,
    "ring": ring,
    "points": points,
}
