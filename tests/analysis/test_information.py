"""Mutual information in two ways: against closed forms, against each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from sigmaflow_analysis import AnalysisError, mutual_information, open_store, open_summary
from sigmaflow_analysis.information import cumulative_rule, gaussian_information, integrated
from sigmaflow_analysis.laws import atoms_of, law_of, variances_of

SURE = 5.0  #: standard errors: one false alarm in 10^6 independent numbers


def coin(sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """mmse and I of x0 = +-1 in one dimension; the trapezoidal rule converges like exp(-1/h) on the line."""
    noise = np.linspace(-12.0, 12.0, 20001)
    density = np.exp(-0.5 * noise**2) / np.sqrt(2.0 * np.pi) * (noise[1] - noise[0])
    argument = (1.0 + sigma[:, None] * noise) / sigma[:, None] ** 2
    logs = np.logaddexp(argument, -argument)  # ln 2 cosh
    return np.exp(2.0 * np.log(2.0) - 2.0 * logs) @ density, np.log(2.0) - (logs - argument) @ density


def apart(information: xr.Dataset, exact: np.ndarray) -> np.ndarray:
    """(way, level): distances from `exact` in standard errors; 1e-3 nat for the rule between levels."""
    return np.stack([np.abs(information[way] - exact) / (information[f"{way}_error"] + 1e-3 / SURE)
                     for way in ("from_mmse", "from_density")])


def test_the_rule_is_exact_for_parabolas_on_uneven_levels() -> None:
    generator = np.random.default_rng(1)
    for size in (3, 4, 17):
        u = np.cumsum(generator.uniform(0.1, 1.0, size))
        got = cumulative_rule(u) @ np.stack([np.ones(size), u, u**2], axis=1)
        expected = np.stack([u, u**2 / 2.0, u**3 / 3.0], axis=1)
        np.testing.assert_allclose(got, expected - expected[0], rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(cumulative_rule(np.array([1.0, 3.0])) @ [2.0, 4.0], [0.0, 6.0])
    assert cumulative_rule(np.array([1.0])).tolist() == [[0.0]]


def test_the_rule_has_order_four() -> None:
    errors = []
    for count in (41, 81, 161):
        u = np.linspace(-3.0, 3.0, count)
        errors.append(np.max(np.abs(cumulative_rule(u) @ np.cos(u) - (np.sin(u) + np.sin(3.0)))))
    assert np.log2(np.array(errors[:-1]) / errors[1:]) == pytest.approx([4.0, 4.0], abs=0.15)


def test_levels_of_the_study_are_enough() -> None:
    """Exact mmse of a coin at the 33 levels of matched-moments gives I to a thousandth of a nat."""
    sigma = np.geomspace(30.0, 0.02, 33)
    mmse, exact = coin(sigma)
    got, error = integrated(mmse, np.zeros(33), sigma, np.ones(1))
    worst = np.max(np.abs(got - exact))
    print(f"\n[claim] information-levels {worst:.4g}")
    assert worst < 1e-3
    assert got[-1] == pytest.approx(np.log(2.0), abs=2e-4) and not error.any()


def test_errors_of_levels_add_up() -> None:
    """What all levels share moves the integral as far as the error says."""
    sigma = np.geomspace(30.0, 0.02, 33)
    mmse, _ = coin(sigma)
    low, error = integrated(mmse, 0.01 * mmse, sigma, np.ones(1))
    high, _ = integrated(1.01 * mmse, 0.0 * mmse, sigma, np.ones(1))
    assert np.all(error >= (high - low) * (1.0 - 1e-9)) and error[-1] == pytest.approx((high - low)[-1], rel=0.05)


def test_a_gaussian(plain_moments: Path) -> None:
    """Flat directions included, (1/2) sum ln(1 + lambda/sigma^2): C is the same everywhere, tr C has no error."""
    point = open_store(plain_moments).select_point(distribution="gaussian", sigma_max=50)
    got = mutual_information(point)
    exact = gaussian_information(got["sigma"].values, np.array([4.0, 0.25, 0.0]))
    np.testing.assert_allclose(exact, 0.5 * np.log((1 + 4 / got.sigma**2) * (1 + 0.25 / got.sigma**2)), rtol=1e-13)
    np.testing.assert_allclose(got["from_mmse"], exact, rtol=1e-11)
    assert np.max(apart(got, exact)) < SURE
    np.testing.assert_allclose(got["from_density_error"], np.sqrt(1.5 / 2048), rtol=0.15)
    assert got["from_mmse"].attrs["units"] == "nat" and got["sigma"].values[0] == pytest.approx(50.0)


def test_points_are_known_in_the_end(plain_moments: Path, matched_moments: Path) -> None:
    """At small sigma I is the entropy of x0: ln N of N equal points."""
    weighted = mutual_information(open_store(plain_moments).select_point(distribution="points", sigma_max=50))
    assert np.max(apart(weighted, 1.5 * np.log(2.0))[:, -1]) < SURE
    store = open_store(matched_moments)
    cases = (("points-2d", 2, 4), ("points-2d", 4, 8), ("points-10d", 4, 40), ("points-1000d", 4, 4000))
    for name, dim, count in cases:
        point = store.select_point(distribution=name, dim=dim)
        assert atoms_of(point["parameters"].item()) == count
        assert np.max(apart(mutual_information(point), np.log(count))[:, -1]) < SURE


def test_a_cube_is_as_many_coins_as_dimensions(matched_moments: Path) -> None:
    for dim in (2, 4):
        got = mutual_information(open_store(matched_moments).select_point(distribution="hypercube", dim=dim))
        assert np.max(apart(got, dim * coin(got["sigma"].values)[1])) < SURE


def test_both_ways_agree(matched_moments: Path) -> None:
    worst = 0.0
    for point in open_store(matched_moments).select_points():
        got = mutual_information(point)
        error = got["from_mmse_error"] + got["from_density_error"] + 1e-3 / SURE
        worst = max(worst, float(np.max(np.abs(got["from_mmse"] - got["from_density"]) / error)))
    print(f"\n[claim] information-two-ways {worst:.4g}")
    assert worst < SURE


def test_laws_of_equal_covariance_begin_alike(matched_moments: Path) -> None:
    """Symmetric laws of equal covariance differ in theta^4 first (here at most 1e-4 nat above sigma = 5) and, at small
    sigma, in the number of their tangent directions: I grows by k ln(1/sigma).
    """
    normals = {"gaussian": 0, "shell": 1, "parallel": 1, "crossing": 1, "points-2d": 4, "points-10d": 4, "hypercube": 4}
    for name, missing in normals.items():
        got = mutual_information(open_store(matched_moments).select_point(distribution=name, dim=4))
        gaussian = gaussian_information(got["sigma"].values, np.ones(4))
        large = got["sigma"].values > 5.0
        np.testing.assert_allclose(got["from_mmse"][large], gaussian[large], atol=1e-4)
        growth = (got["from_mmse"][-1] - got["from_mmse"][-4]) / np.log(got["sigma"][-4] / got["sigma"][-1])
        assert growth.item() == pytest.approx(4 - missing, abs=0.05)


def test_a_summary_says_the_same(matched_moments: Path, sigmaflow: object) -> None:
    path = matched_moments.with_name("matched-summary.h5")
    sigmaflow("aggregate", matched_moments, "-o", path)
    labels = {"distribution": "shell", "dim": 4}
    ours = mutual_information(open_store(matched_moments).select_point(**labels))
    xr.testing.assert_allclose(mutual_information(open_summary(path).select_point(**labels)), ours, rtol=1e-10)


def test_variances_are_needed_where_the_law_is_not_known(plain_moments: Path) -> None:
    point = open_store(plain_moments).select_point(distribution="ellipsoid_shell", sigma_max=50)
    with pytest.raises(AnalysisError, match="covariance of 'ellipsoid_shell' is not known .*variances"):
        mutual_information(point)
    got = mutual_information(point, [2.0, 0.5])  # a_i^2 / k
    assert np.max(np.abs(got["from_mmse"] - got["from_density"]) / (got["from_mmse_error"] + got["from_density_error"]
                                                                    + 1e-3)) < SURE
    with pytest.raises(AnalysisError, match="has mmse 2.49., a Gaussian with its covariance 3.99"):
        mutual_information(point, [2.0, 2.0])


def test_levels_have_to_begin_at_large_sigma(plain_moments: Path) -> None:
    with pytest.raises(AnalysisError, match="at the largest level .sigma = 2. 'points' has mmse"):
        mutual_information(open_store(plain_moments).select_point(distribution="points", sigma_max=2))


def test_variances_of_laws(laws: Path, matched_moments: Path) -> None:
    for point in open_store(laws).select_points():
        parameters = point["parameters"].item()
        expected = np.linalg.eigvalsh(law_of(parameters).covariance())
        np.testing.assert_allclose(variances_of(point), expected, atol=1e-12, err_msg=parameters)
    for point in open_store(matched_moments).select_points():
        np.testing.assert_allclose(variances_of(point), np.ones(point["dim"].item()), rtol=1e-12)


def test_atoms(laws: Path) -> None:
    counts = {(point["distribution"].item(), atoms_of(point["parameters"].item()))
              for point in open_store(laws).select_points()}
    assert {pair for pair in counts if pair[1] is not None} == {("simplex", 5)}
