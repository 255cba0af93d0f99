"""Statistics merged over blocks, against numpy on the kept particles: in these files all particles are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from sigmaflow_analysis import AnalysisError, open_store, open_summary, summarise
from sigmaflow_analysis.binning import Bins
from sigmaflow_analysis.statistics import fields_of, merged_bins, sharp_quantiles, summarise_field

FIELDS = ["positions", "spectrum", "log_density", "mmse", "entropy"]


def finite_values(data: xr.Dataset, field: str) -> np.ndarray:
    """(point, particle, level, ...): kept values, NaN at levels without a sigma of their own."""
    return data[field].where(np.isfinite(data["sigma"])).transpose(*data[field].dims).values


def test_fields(finished: Path) -> None:
    data = open_store(finished)["dim2_levels9"]
    assert fields_of(data) == FIELDS and list(summarise(data)) == FIELDS
    with pytest.raises(AnalysisError, match="no quantity 'colour' .it has positions"):
        summarise_field(data, "colour")


@pytest.mark.filterwarnings("ignore:All-NaN slice", "ignore:Mean of empty slice", "ignore:Degrees of freedom")
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("file", ["finished", "with_failure"])
def test_moments_are_those_of_the_particles(request: pytest.FixtureRequest, file: str, field: str) -> None:
    for data in open_store(request.getfixturevalue(file)).values():
        values = finite_values(data, field)
        got = summarise_field(data, field).compute()
        count = np.isfinite(values).sum(axis=1)
        counted = got["count"].values.reshape(got["count"].shape + (1,) * (count.ndim - 2))
        np.testing.assert_array_equal(np.broadcast_to(counted, count.shape), count)
        for name, direct in {"mean": np.nanmean, "min": np.nanmin, "max": np.nanmax}.items():
            np.testing.assert_allclose(got[name].values, direct(values, axis=1), rtol=1e-12, atol=1e-14)
        variance = np.nanvar(values, axis=1, ddof=1)
        np.testing.assert_allclose(got["variance"].values, variance, rtol=1e-9, atol=1e-20)
        error = np.sqrt(variance / np.maximum(count, 1))
        np.testing.assert_allclose(got["standard_error"].values, error, rtol=1e-9, atol=1e-14)


def test_a_failed_task_lowers_the_count(with_failure: Path) -> None:
    store = open_store(with_failure)
    counts = np.concatenate([summarise_field(data, "mmse")["count"].max("level").values for data in store.values()])
    assert sorted(counts) == [96] + [128] * 11


@pytest.mark.parametrize("field", FIELDS)
def test_bins_have_the_edges_of_the_program(finished: Path, field: str) -> None:
    """The kept particles, binned here, give the program's counts."""
    for data in open_store(finished).values():
        counts = merged_bins(data, field).compute()
        bins = Bins(counts.attrs)
        assert len(bins) == counts.shape[-1]
        values = np.moveaxis(finite_values(data, field), 1, -1)
        for place in np.ndindex(*values.shape[:-1]):
            finite = values[place][np.isfinite(values[place])]
            np.testing.assert_array_equal(np.bincount(bins.index(finite), minlength=len(bins)), counts.values[place])


@pytest.mark.parametrize("field", FIELDS)
def test_quantiles_are_as_accurate_as_the_bins_say(finished: Path, field: str) -> None:
    levels = (0.0, 0.05, 0.5, 0.95, 1.0)
    for data in open_store(finished).values():
        values = np.sort(finite_values(data, field), axis=1)
        used = np.isfinite(data["sigma"].values)
        got = np.moveaxis(summarise_field(data, field, levels)["quantiles"].values, -1, 0)
        bins = Bins(data[f"{field}_bins"].attrs)
        for q, quantile in zip(levels, got):
            rank = max(int(np.ceil(q * 128)), 1)
            exact = values[:, rank - 1]
            allowed = np.maximum(bins.relative_accuracy * np.abs(exact - bins.origin), bins.lowest)
            assert np.all(np.abs(quantile - exact)[used] <= 1.0000001 * allowed[used])
            assert np.all(np.isnan(quantile[~used]))


def test_sharp_quantiles_fall_between_neighbours(finished: Path) -> None:
    """With all particles kept they are within one rank of the exact ones, much sharper than the bins."""
    point = open_store(finished).select_point(distribution="two", dim=3, solver="heun", steps=12)
    used = np.isfinite(point["sigma"].values)
    values = np.sort(point["spectrum"].values[:, used], axis=0)
    levels = (0.05, 0.5, 0.95)
    sharp = sharp_quantiles(point, "spectrum", levels).values
    for q, got in zip(levels, np.moveaxis(sharp, -1, 0)):
        rank = int(np.ceil(q * 128))
        assert np.all(got[used] >= values[rank - 2] - 1e-12) and np.all(got[used] <= values[rank] + 1e-12)


def test_representatives_and_edges() -> None:
    scale = {"lowest": 1e-2, "highest": 1e2, "relative_accuracy": 0.05}
    one = Bins({"origin": 1.0, "sign": -1.0, "two_sided": 0.0, **scale})
    np.testing.assert_array_equal(one.index(np.array([1.0, 0.0, -1e9])), [0, len(one) // 2, len(one) - 1])
    values = one.representatives()
    assert values[0] == 1.0 and values[-1] == -99.0 and np.all(np.diff(values) < 0.0)
    two = Bins({"origin": 0.0, "sign": 1.0, "two_sided": 1.0, **scale})
    np.testing.assert_allclose(two.representatives(), -two.representatives()[::-1], rtol=1e-14)
    assert two.representatives()[len(two) // 2] == 0.0


def test_the_summary_says_the_same(with_failure: Path, summary: Path) -> None:
    store, merged = open_store(with_failure), open_summary(summary)
    assert list(store) == list(merged)
    assert merged.to_dataframe("task_summary")["failed"].sum() == 1
    for name, data in store.items():
        there = merged[name]
        np.testing.assert_array_equal(there["sigma"], data["sigma"])
        np.testing.assert_array_equal(there["distribution"], data["distribution"])
        for field, ours in summarise(data).items():
            for key in ("mean", "variance", "standard_error", "min", "max"):
                np.testing.assert_allclose(ours[key], there[f"{field}_{key}"], rtol=1e-11, atol=1e-14, err_msg=field)
            np.testing.assert_allclose(ours["quantiles"], there[f"{field}_quantile"], rtol=1e-13)
            np.testing.assert_array_equal(ours["quantiles"]["quantile"], there["quantile"])
            np.testing.assert_array_equal(ours["count"], there["count"])
            np.testing.assert_array_equal(merged_bins(data, field), there[f"{field}_bins"])
            again = summarise_field(there, field)
            np.testing.assert_array_equal(again["quantiles"], ours["quantiles"])
            np.testing.assert_array_equal(again["mean"], there[f"{field}_mean"])
