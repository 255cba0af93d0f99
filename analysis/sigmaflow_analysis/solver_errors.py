"""Work against precision: errors of solvers of the probability flow, from the particles of a result file."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Iterator, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from .errors import AnalysisError
from .selection import column_matches, shown
from .store import Store

MEASURES = ("w2", "rms", "median")
FRAMES = 4  #: orthonormal frames of directions for the sliced distance
NO_FLOW = {  #: solvers whose particles follow no flow
    "marginal", "euler_maruyama", "ancestral", "sde_heun", "edm_churn", "dpmpp_sde", "dpmpp_2m_sde", "forward_sde",
    "langevin", "annealed_langevin", "mala", "predictor_corrector",
}
ADAPTIVE = ("dopri5", "tsit5")  #: solvers with a tolerance, which can be a reference


def work_precision(store: Store) -> pd.DataFrame:
    """One row per point, in the order of the table of points: what a solver costs and how far it is off.

    Compared are the last positions with those of a reference of the same start and end: solver `exact`, else dopri5 or
    tsit5 at the least tolerance. Since all solvers move the same particles, every error is one of the solver and holds
    no sampling noise. Columns beside labels:

    - `evaluations`: mean number of evaluations of the denoiser per particle;
    - `w2`: Wasserstein distance of the two sets of particles, exact in one dimension, else sliced (`wasserstein`);
    - `rms`: root of the mean of |x - x_reference|^2 over particles; never less than `w2`;
    - `median`: of |x - x_reference|, which a few particles that ended elsewhere do not move;
    - `rms_error`, `median_error`: standard errors of these two, the first near `rms`/2 where one particle makes all;
    - `w2_floor`, `rms_floor`, `median_floor`: how well the reference is known: the same distances between it and the
      best other solver of those named above; NaN if there is none;
    - `particles`, `failed`: how many were compared, and how many had failed or were not done;
    - `reference`: whether this is the reference, or ended at the very same places.

    Needed are the quantities `positions` and `evaluations`; kept particles are compared.
    """
    parts = [errors_of_race(race) for race in races(store)]
    if not parts:
        raise AnalysisError(f"'{store.path}' has no points of solvers of the flow, down to small noise")
    return pd.concat(parts).sort_index()


def races(store: Store) -> Iterator[xr.Dataset]:
    """Points of one law that begin with the same particles at the same sigma and end at the same sigma."""
    for name in store:
        data = store[name]
        for quantity in ("positions", "evaluations"):
            if quantity not in data:
                raise AnalysisError(f"the file holds no particles with the quantity '{quantity}' (record it, with "
                                    "keep_particles)")
        races: dict[Any, list[int]] = {}
        ends = np.nanmin(data["sigma"].values, axis=1)
        for row, (text, last) in enumerate(zip(data["parameters"].values, ends)):
            key = race_of(json.loads(text))
            if key is not None:
                races.setdefault((data["distribution_id"].values[row], f"{last:.9g}", key), []).append(row)
        for rows in races.values():
            yield data.isel(point=rows)


def race_of(choice: dict[str, Any]) -> tuple[Any, ...] | None:
    """Where the particles of a point begin, which is the same if this is; None for what follows no flow down."""
    schedule = choice["schedule"]["parameters"]
    if choice["solver"]["kind"] in NO_FLOW or json.loads(schedule.get("direction", '"down"')) != "down":
        return None
    start = json.loads(schedule.get("start", '"exact"'))
    return start, float(schedule["sigma_max"]) if "sigma_max" in schedule else choice["schedule"]["label"]


def errors_of_race(race: xr.Dataset) -> pd.DataFrame:
    """The rows of `work_precision` for points that can be compared."""
    last = int(np.nanargmin(race["sigma"].values[0]))
    if not np.all(np.nanargmin(race["sigma"].values, axis=1) == last):
        raise AnalysisError(f"points of '{race['distribution'].values[0]}' end at different levels "
                            "(give the last sigma as a level)")
    arrived = race[["positions", "evaluations", "particle_status"]].isel(level=last).compute()
    frame = labels_of_race(race)
    reference, witness = references(frame)
    x = arrived["positions"].values
    valid = np.isfinite(x).all(axis=2) & (arrived["particle_status"].values == 0)
    counts = arrived["evaluations"].values
    rows = []
    for row in range(len(frame)):
        both = valid[row] & valid[reference]
        rows.append({"evaluations": counts[row, both].mean() if both.any() else np.nan,
                     **distances(x[row, both], x[reference, both]),
                     "particles": int(both.sum()), "failed": int((~valid[row]).sum())})
    frame = frame.join(pd.DataFrame(rows, index=frame.index))
    frame["reference"] = (np.arange(len(frame)) == reference) | (frame["rms"] == 0.0)
    for name in MEASURES:
        frame[f"{name}_floor"] = np.nan if witness is None else frame[name].iloc[witness]
    return frame


def labels_of_race(race: xr.Dataset) -> pd.DataFrame:
    """distribution, dim, schedule, grid (own: the schedule's label), steps, solver, solver_kind and rtol of points."""
    rows = []
    for text in race["parameters"].values:
        choice = json.loads(text)
        schedule, solver = choice["schedule"]["parameters"], choice["solver"]["parameters"]
        grid = json.loads(schedule.get("grid", '"own"'))
        scaled = json.loads(schedule.get("coordinates", '"canonical"')) == "scaled"
        rows.append({"grid": choice["schedule"]["label"] if grid == "own" else f"{grid}{', scaled' * scaled}",
                     "steps": int(schedule["steps"]) - 1 if "steps" in schedule else -1,
                     "rtol": float(solver.get("rtol", np.nan))})
    labels = {name: race[name].values for name in ("distribution", "dim", "schedule", "solver", "solver_kind")}
    frame = pd.DataFrame({**labels, **pd.DataFrame(rows).to_dict("list")},
                         index=pd.Index(race["point"].values, name="point"))
    return frame[["distribution", "dim", "schedule", "grid", "steps", "solver", "solver_kind", "rtol"]]


def references(frame: pd.DataFrame) -> tuple[int, int | None]:
    """Rows (by position) of the most trusted point and of the next one of another solver, if any."""
    kinds, rtol = frame["solver_kind"].to_numpy(), frame["rtol"].to_numpy()
    trusted = [int(row) for row in np.flatnonzero(kinds == "exact")[:1]]
    adaptive = [min(rows, key=lambda row: rtol[row]) for rows in (np.flatnonzero(kinds == kind) for kind in ADAPTIVE)
                if rows.size > 0]
    trusted += sorted(map(int, adaptive), key=lambda row: rtol[row])
    if not trusted:
        raise AnalysisError(f"'{frame['distribution'].iloc[0]}' has no reference (add the solver exact, or dopri5 "
                            "with a small tolerance, to the study)")
    return trusted[0], trusted[1] if len(trusted) > 1 else None


def distances(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Measures and errors of `work_precision` for particles x and the same in y, both (particle, coordinate)."""
    if len(x) == 0:
        return dict.fromkeys((*MEASURES, "rms_error", "median_error"), np.nan)
    squares = np.sum((x - y) ** 2, axis=1)
    rms = np.sqrt(squares.mean())
    error = squares.std() / np.sqrt(len(x)) / (2.0 * rms) if rms > 0.0 else 0.0
    rank = 0.5 / np.sqrt(len(x))  # one standard error of the rank of the median, as a part of all ranks
    below, median, above = np.sqrt(np.quantile(squares, [0.5 - rank, 0.5, 0.5 + rank]))
    return {"w2": wasserstein(x, y), "rms": rms, "median": median, "rms_error": error,
            "median_error": 0.5 * (above - below)}


def wasserstein(x: np.ndarray, y: np.ndarray) -> float:
    """Distance of two equally large sets of points (point, coordinate).

    In one dimension W2, exactly: sorted against sorted. Else the sliced one times sqrt(d): with fixed orthonormal
    frames, the root of the mean over frames of the sum of W2^2 along their axes. A translation by v is |v| apart, and
    the sliced distance is at most W2, which is at most the root mean square of any pairing. Against samples of the
    exact flow that began at the same points, not against the quantiles of the law: that would measure the sample.
    """
    along = directions(x.shape[1])
    difference = np.sort(along.T @ x.T, axis=1) - np.sort(along.T @ y.T, axis=1)
    return float(np.sqrt(x.shape[1] * np.mean(difference**2)))


@lru_cache
def directions(dim: int) -> np.ndarray:
    """(dim, FRAMES dim): orthonormal frames side by side, always the same; one direction if there is but one."""
    if dim == 1:
        return np.ones((1, 1))
    draws = np.random.RandomState(dim).standard_normal((FRAMES, dim, dim))
    return np.concatenate([np.linalg.qr(draw)[0] for draw in draws], axis=1)


def chosen_runs(frame: pd.DataFrame, labels: Mapping[str, Any]) -> pd.DataFrame:
    """The rows of a table of `work_precision` with these values in its columns; numbers match to nine digits."""
    kept = np.ones(len(frame), dtype=bool)
    for key, value in labels.items():
        if key not in frame:
            raise AnalysisError(f"the table has no column '{key}' (it has {', '.join(frame)})")
        kept &= column_matches(xr.DataArray(frame[key].to_numpy()), key, value)
    if not kept.any():
        raise AnalysisError(f"no run has {shown(labels)}")
    return frame[kept]
