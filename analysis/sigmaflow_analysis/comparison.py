"""Who wins: solvers and grids compared at equal numbers of evaluations, from the table of `work_precision`."""

from __future__ import annotations

from typing import Callable, Sequence

import numpy as np
import pandas as pd

from .errors import AnalysisError

BUDGETS = (8, 12, 16, 24, 32, 48, 64, 96, 128)  #: evaluations of the denoiser at which runs are compared
ABOVE_FLOOR = 30.0  #: errors below this many times the error of the reference say nothing about an order
MOST_ORDER_ERROR = 0.1  #: nor do those above this part of the largest error
LEAST_RUNS = 3  #: runs that an order is fitted to, the finest ones
MOST_RUNS = 4
SURE = 2.0  #: standard errors between two solvers that differ
STRAIGHT = 0.25  #: most distance of ln error from the line


def curves(frame: pd.DataFrame, measure: str, budgets: Sequence[float] = BUDGETS) -> pd.DataFrame:
    """Errors at the budgets, a row per (distribution, solver, grid), in the order of the table.

    Between two runs ln error is interpolated in ln evaluations; beyond the runs nothing is said (NaN). Adaptive solvers
    take the ends of a grid only: theirs is "adaptive". References are left out.
    """
    return table_of(frame, budgets, lambda runs: error_at(runs["evaluations"].to_numpy(), runs[measure].to_numpy(),
                                                          budgets))


def doubts(frame: pd.DataFrame, measure: str, budgets: Sequence[float] = BUDGETS) -> pd.DataFrame:
    """Relative standard errors at the budgets, laid out as `curves`: those of `rms` for w2 too, which has the same
    particles to thank."""
    name = "median" if measure == "median" else "rms"

    def doubt(runs: pd.DataFrame) -> np.ndarray:
        share = (runs[f"{name}_error"] / runs[name].where(runs[name] > 0.0)).fillna(0.0).to_numpy()
        work, order = np.unique(runs["evaluations"].to_numpy(), return_index=True)
        return np.interp(np.log(budgets), np.log(work), share[order])

    return table_of(frame, budgets, doubt)


def table_of(frame: pd.DataFrame, budgets: Sequence[float],
             values: Callable[[pd.DataFrame], np.ndarray]) -> pd.DataFrame:
    """`values` of the runs of every (distribution, solver, grid)."""
    raced = frame[~frame["reference"] & (frame["evaluations"] > 0.0)]
    if raced.empty:
        raise AnalysisError("there is no solver to compare with the reference")
    rows = {key: values(runs) for key, runs in raced.groupby(["distribution", "solver", grid_of(raced)], sort=False)}
    index = pd.MultiIndex.from_tuples(list(rows), names=["distribution", "solver", "grid"])
    return pd.DataFrame(list(rows.values()), index=index, columns=pd.Index(budgets, name="evaluations"))


def grid_of(frame: pd.DataFrame) -> pd.Series:
    """The column `grid`, or "adaptive" for solvers with a tolerance."""
    return frame["grid"].where(frame["rtol"].isna(), "adaptive").rename("grid")


def error_at(evaluations: np.ndarray, errors: np.ndarray, budgets: Sequence[float]) -> np.ndarray:
    """(budget,): errors of one solver at the budgets, log-log between its runs; NaN outside."""
    known = np.isfinite(errors)
    work, order = np.unique(evaluations[known], return_index=True)
    if work.size == 0:
        return np.full(len(budgets), np.nan)
    logs = np.log(np.maximum(errors[known][order], np.finfo(float).tiny))
    return np.exp(np.interp(np.log(budgets), np.log(work), logs, left=np.nan, right=np.nan))


def best_grids(table: pd.DataFrame) -> pd.Series:
    """(distribution, solver) -> the grid with the least mean of ln error over the budgets that all its grids have.

    `table` as `curves` gives it.
    """
    best = {}
    for key, rows in table.groupby(["distribution", "solver"], sort=False):
        shared = rows.loc[:, rows.notna().all()]
        score = np.log(shared).mean(axis=1) if shared.size > 0 else rows.isna().sum(axis=1)
        best[key] = score.index[int(np.argmin(score.to_numpy()))][2]
    return pd.Series(best, name="grid").rename_axis(["distribution", "solver"])


def grid_penalties(table: pd.DataFrame) -> pd.DataFrame:
    """(solver, grid): error over that on the solver's best grid, geometric mean over laws and budgets.

    `table` as `curves` gives it; 1 is the best at every budget of every law. NaN where a solver has no run on a grid.
    """
    ratios = np.log(table / table.groupby(["distribution", "solver"], sort=False).transform("min"))
    means = np.exp(ratios.mean(axis=1).groupby(["solver", "grid"], sort=False).mean()).unstack("grid")
    return means.loc[table.index.unique("solver"), table.index.unique("grid")]


def winners(table: pd.DataFrame, doubt: pd.DataFrame | None = None) -> pd.DataFrame:
    """For each law and budget the solver and grid of least error, and how far the next solver is behind.

    Columns: distribution, evaluations, solver, grid, error, runner_up (the best other solver), runner_up_grid, lead
    (its error over the winner's; NaN without one) and sure: whether the two differ by more than SURE standard errors.
    `table` is one of `curves`, `doubt` of `doubts`; budgets that nobody has are left out.
    """
    rows = []
    for law in table.index.unique("distribution"):
        for budget, errors in table.loc[law].items():
            known = errors.dropna().sort_values(kind="stable")
            if known.empty:
                continue
            first = known.index[0]
            others = known[known.index.get_level_values("solver") != first[0]]
            second = others.index[0] if len(others) else ("", "")
            lead = others.iloc[0] / known.iloc[0] if len(others) else np.nan
            spread = 0.0
            if doubt is not None and len(others):
                spread = np.hypot(*(known[key] * doubt.loc[(law, *key), budget] for key in (first, second)))
            sure = len(others) == 0 or others.iloc[0] - known.iloc[0] > SURE * spread
            rows.append((law, budget, *first, known.iloc[0], *second, lead, sure))
    columns = ["distribution", "evaluations", "solver", "grid", "error", "runner_up", "runner_up_grid", "lead", "sure"]
    return pd.DataFrame(rows, columns=columns)


def observed_order(runs: pd.DataFrame, measure: str) -> float:
    """-d ln error/d ln steps over the finest runs of one solver on one grid of one law; NaN where nothing is seen.

    Steps, not evaluations, so that a first step of another kind does not bend the line; evaluations for solvers with a
    tolerance. Used are errors clear of the reference's and small enough to be in the regime of an order; where the runs
    are on no straight line (a few particles that end elsewhere make steps) there is no order.
    """
    errors = runs[measure].to_numpy()
    work = runs["steps" if runs["rtol"].isna().all() else "evaluations"].to_numpy(dtype=float)
    clear = (errors > ABOVE_FLOOR * np.nan_to_num(runs[f"{measure}_floor"].to_numpy())) & np.isfinite(errors)
    seen = clear & (errors < MOST_ORDER_ERROR * np.nanmax(errors, initial=0.0))
    finest = np.flatnonzero(seen)[np.argsort(work[seen])][-MOST_RUNS:]
    if finest.size < LEAST_RUNS:
        return np.nan
    line = np.polyfit(np.log(work[finest]), np.log(errors[finest]), 1)
    off = np.log(errors[finest]) - np.polyval(line, np.log(work[finest]))
    return float(-line[0]) if np.abs(off).max() < STRAIGHT else np.nan
