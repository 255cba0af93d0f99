"""Figures show what they should, are labelled, and become files with something in them."""

from __future__ import annotations

from pathlib import Path

import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes
from sigmaflow_analysis import AnalysisError, Store, open_store, open_summary
from sigmaflow_analysis.figures import (matched, mmse, mutual_information, save, spectra, spectrum, timeline,
                                       trajectories)
from sigmaflow_analysis.figures.choice import finest
from sigmaflow_analysis.figures.matched import number_text
from sigmaflow_analysis.figures.spectrum import shown_ranks
from sigmaflow_analysis.figures.timeline import covered, lanes
from sigmaflow_analysis.figures.trajectories import checked_law
from sigmaflow_analysis.information import mutual_information as information_of
from sigmaflow_analysis.laws import law_of
from sigmaflow_analysis.statistics import sharp_quantiles, summarise_field


@pytest.fixture
def store(finished: Path) -> Store:
    return open_store(finished)


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def ring_of(store: Store) -> xr.Dataset:
    return store.select_point(distribution="ring", solver="heun", steps=12)


def texts_overlap(axes: Axes) -> bool:
    """Whether tick labels of one axis run into each other."""
    figure = axes.figure
    figure.canvas.draw()
    for axis, side in ((axes.xaxis, 0), (axes.yaxis, 1)):
        boxes = [label.get_window_extent() for label in axis.get_ticklabels() if label.get_text()]
        spans = sorted((box.min[side], box.max[side]) for box in boxes)
        if any(first[1] > second[0] for first, second in zip(spans, spans[1:])):
            return True
    return False


def check_files(axes: Axes, folder: Path) -> None:
    """PNG and PDF are there, the PNG is not blank."""
    files = save(axes.figure, folder / "figure")
    assert [file.suffix for file in files] == [".png", ".pdf"]
    assert files[1].read_bytes().startswith(b"%PDF") and files[1].stat().st_size > 5000
    assert matplotlib.image.imread(files[0])[..., :3].std() > 0.02


def test_spectrum(store: Store, tmp_path: Path) -> None:
    point = ring_of(store)
    axes = spectrum(point)
    assert r"\sigma" in axes.get_xlabel() and "data units" in axes.get_xlabel()
    assert "$J = I - C/" in axes.get_ylabel()
    assert axes.get_xscale() == "log" and axes.xaxis_inverted()
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == [r"$\lambda_{1}$", r"$\lambda_{2}$", "$J = 0$"]
    levels = np.isfinite(point["sigma"].values)
    median = sharp_quantiles(point, "spectrum", [0.5]).values[levels, :, 0]
    for rank in range(2):
        np.testing.assert_array_equal(axes.lines[rank].get_xdata(), point["sigma"].values[levels])
        np.testing.assert_array_equal(axes.lines[rank].get_ydata(), median[:, rank])
    np.testing.assert_array_equal(axes.lines[2].get_ydata(), 0.0)
    assert len(axes.collections) == 2 and not texts_overlap(axes)
    assert "128 particles" in axes.get_title(loc="left") and "heun on edm, steps = 12" in axes.get_title(loc="left")
    check_files(axes, tmp_path)


def test_spectrum_shows_some_of_many_ranks() -> None:
    assert shown_ranks(3) == [0, 1, 2]
    assert shown_ranks(64)[0] == 0 and shown_ranks(64)[-1] == 63 and len(shown_ranks(64)) == 6


def test_spectra_in_panels(store: Store, tmp_path: Path) -> None:
    points = finest(store.select_points())
    assert [(point["distribution"].item(), point["dim"].item()) for point in points] == [
        ("ring", 2), ("two", 1), ("two", 3)]
    assert all((point["solver"].item(), point["schedule.edm.steps"].item()) == ("heun", 12.0) for point in points)
    axes = spectra(points)
    assert [panel.get_title(loc="left") for panel in axes.flat] == ["ring ($d$ = 2)", "two ($d$ = 1)", "two ($d$ = 3)"]
    assert not any(texts_overlap(panel) for panel in axes.flat)
    check_files(axes[0, 0], tmp_path)


def test_figures_of_a_summary(summary: Path, with_failure: Path) -> None:
    point, same = ring_of(open_summary(summary)), ring_of(open_store(with_failure))
    quantiles = sharp_quantiles(point, "spectrum", [0.5]).values
    exact = sharp_quantiles(same, "spectrum", [0.5]).values
    used = np.isfinite(point["sigma"].values)
    assert np.all(np.abs(quantiles - exact)[used] <= 0.1 * np.abs(1.0 - exact)[used] + 1e-4)
    assert len(spectrum(point).lines) == 3
    ours, theirs = mmse([same]).lines[0], mmse([point]).lines[0]
    np.testing.assert_allclose(ours.get_ydata(), theirs.get_ydata(), rtol=1e-12)


def test_trajectories(store: Store, tmp_path: Path) -> None:
    point = ring_of(store)
    axes = trajectories(point)
    panels = [panel for panel in axes.flat if panel.get_visible()]
    assert len(panels) >= 4
    assert all(panel.get_title().startswith(r"$\sigma$ = ") for panel in panels)
    assert all("$x_1$ [data units]" == panel.get_xlabel() for panel in axes[-1])
    assert "128 particles" in axes[0, 0].figure._suptitle.get_text()
    assert "closed form" in axes[0, 0].figure._suptitle.get_text()
    for panel in panels:
        assert len(panel.lines) == 128 + 1 and len(panel.images) == 1
        sigma = float(panel.get_title().split("= ")[1])
        level = int(np.nanargmin(np.abs(np.log(point["sigma"].values / sigma))))
        ends = np.stack(panel.lines[-1].get_data(), axis=-1)
        np.testing.assert_array_equal(ends, point["positions"].values[:, level])
        np.testing.assert_array_equal(panel.lines[5].get_xydata()[-1], ends[5])
        assert not texts_overlap(panel)
    check_files(axes[0, 0], tmp_path)


def test_trajectories_do_not_shade_with_a_wrong_density(store: Store) -> None:
    point = ring_of(store).compute()
    point["log_density"] = point["log_density"] + 1e-3
    axes = trajectories(point)
    assert all(len(panel.images) == 0 for panel in axes.flat)
    assert "no shading" in axes[0, 0].figure._suptitle.get_text()


def test_trajectories_need_two_dimensions(store: Store) -> None:
    with pytest.raises(AnalysisError, match="dim = 3"):
        trajectories(store.select_point(distribution="two", dim=3, solver="heun", steps=8))


def test_laws_have_the_recorded_densities(laws: Path) -> None:
    """Every kind, with and without normalisation: ln p_sigma at all recorded positions."""
    points = open_store(laws).select_points()
    assert {point["distribution_kind"].item() for point in points} == {
        "gaussian", "gaussian_mixture", "parallel_planes", "crossing_planes", "two_deltas", "hypercube", "simplex",
        "ring", "points"}
    for point in points:
        law = law_of(point["parameters"].item())
        for level in np.flatnonzero(np.isfinite(point["sigma"].values)):
            got = law.log_density(point["positions"].values[:, level], float(point["sigma"][level]))
            np.testing.assert_allclose(got, point["log_density"].values[:, level], rtol=1e-9, atol=1e-9,
                                       err_msg=point["parameters"].item())
        assert checked_law(point.compute()) is not None


def test_mmse(store: Store, tmp_path: Path) -> None:
    points = store.select_points(solver="heun", steps=12)
    axes = mmse(points)
    assert r"\mathrm{tr}\,C" in axes.get_ylabel() and "data units$^2$" in axes.get_ylabel()
    for line, point in zip(axes.lines, points):
        used = np.isfinite(point["sigma"].values)
        np.testing.assert_allclose(line.get_ydata(), np.mean(point["mmse"].values, axis=0)[used] / point["dim"].item(),
                                   rtol=1e-12)
    bands = [path.vertices for band in axes.collections for path in band.get_paths()]
    error = summarise_field(points[0], "mmse")["standard_error"].values / 2.0
    mean = axes.lines[0].get_ydata()
    used = np.isfinite(points[0]["sigma"].values)
    assert bands[0][:, 1].max() == pytest.approx((mean + error[used]).max())
    assert not texts_overlap(axes)
    check_files(axes, tmp_path)


def test_mmse_of_points_does_not_fall_out_of_sight(laws: Path) -> None:
    """tr C of a finite set falls below every bound: the axis does not follow it."""
    point = open_store(laws).select_point(distribution="points", normalize="none").compute()
    data = xr.Dataset({"mmse_mean": point["log_density_mean"] * 0.0 + 10.0 ** -(100.0 * point["level"]),
                       "mmse_m2": point["log_density_m2"], "mmse_min": point["log_density_min"],
                       "mmse_max": point["log_density_max"], "mmse_bins": point["log_density_bins"],
                       "count": point["count"]}, coords=point.coords)
    low, high = mmse([data]).get_ylim()
    assert 1e-11 < low < high


def test_mmse_in_units_of_the_variance_starts_at_one(store: Store) -> None:
    axes = mmse(store.select_points(solver="heun", steps=12), "variance")
    for line in axes.lines:
        assert line.get_ydata()[0] == pytest.approx(1.0, abs=2e-3)


def test_mutual_information(matched_moments: Path, tmp_path: Path) -> None:
    points = open_store(matched_moments).select_points(dim=4)
    axes = mutual_information(points)
    assert "[nat]" in axes.get_ylabel() and axes.get_xscale() == axes.get_yscale() == "log" and axes.xaxis_inverted()
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert len(texts) == 8 and texts[2] == "points-2d ($d$ = 4, count = 8)"
    curves = [line for line in axes.lines if line.get_label() in texts]
    for curve, marks, point in zip(curves, axes.containers, points):
        expected = information_of(point)
        np.testing.assert_array_equal(curve.get_xdata(), expected["sigma"])
        np.testing.assert_array_equal(curve.get_ydata(), expected["from_mmse"])
        sigma, direct = marks.lines[0].get_data()
        clear = expected["from_density"] > 3.0 * expected["from_density_error"]
        np.testing.assert_array_equal(direct, expected["from_density"][clear])
        np.testing.assert_array_equal(sigma, expected["sigma"][clear])
    assert not texts_overlap(axes)
    check_files(axes, tmp_path)


def test_cells_are_the_exponential_of_information(matched_moments: Path) -> None:
    axes = mutual_information(open_store(matched_moments).select_points(distribution="points-2d"))
    axes.figure.canvas.draw()
    second = axes.child_axes[0].yaxis
    assert "cells" in second.get_label().get_text()
    shown = {text.get_text(): place for place, text in zip(second.get_ticklocs(), second.get_ticklabels())}
    assert shown.keys() == {"1.01", "1.1", "1.5", "3", "$10^{1}$"}
    for text, place in shown.items():
        assert np.exp(place) == pytest.approx(float(text.replace("$10^{1}$", "10")))


def test_matched(matched_moments: Path, tmp_path: Path) -> None:
    points = open_store(matched_moments).select_points(dim=4)
    axes = matched(points)
    assert axes.shape == (3,) and all(panel.xaxis_inverted() and panel.get_xscale() == "log" for panel in axes)
    legend = axes[0].figure.legends[0]
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["gaussian", "shell", "points-2d, count = 8", "points-10d, count = 40",
                     "points-1000d, count = 4000", "parallel", "crossing", "hypercube"]
    assert legend.get_title().get_text() == "$d$ = 4"
    for index, point in enumerate(points):
        used = np.isfinite(point["sigma"].values)
        spectrum_mean = summarise_field(point, "spectrum")["mean"].values[used]
        mean, least, greatest = (line.get_ydata() for line in axes[0].lines[3 * index:3 * index + 3])
        np.testing.assert_allclose(mean, 1.0 - spectrum_mean.mean(axis=1), atol=1e-12)
        np.testing.assert_allclose(least, 1.0 - spectrum_mean[:, -1], atol=1e-12)
        np.testing.assert_allclose(greatest, 1.0 - spectrum_mean[:, 0], atol=1e-12)
        trace = axes[1].lines[index].get_ydata()
        np.testing.assert_allclose(trace, summarise_field(point, "mmse")["mean"].values[used] / 4.0, rtol=1e-12)
        np.testing.assert_allclose(trace, mean * point["sigma"].values[used] ** 2, rtol=1e-9, atol=1e-12)
        curve = [line for line in axes[2].lines if line.get_label() == texts[index]][0]
        np.testing.assert_allclose(curve.get_ydata(), information_of(point)["from_mmse"] / 4.0, rtol=1e-12)
    plateaus = {text.get_text(): text.xy[1] for text in axes[2].texts}
    assert plateaus == {rf"$\ln\,{count}$": pytest.approx(np.log(count) / 4.0) for count in (8, 16, 40, 4000)}
    assert not any(texts_overlap(panel) for panel in axes)
    box = legend.get_window_extent()
    assert box.y1 <= min(panel.get_tightbbox().y0 for panel in axes) and box.y0 >= 0.0
    check_files(axes[0], tmp_path)


def test_plateaus_are_named_where_they_are_reached(matched_moments: Path) -> None:
    """2000 points on a circle are closer than the smallest sigma."""
    axes = matched(open_store(matched_moments).select_points(dim=2))
    assert [text.get_text() for text in axes[2].texts] == [rf"$\ln\,{count}$" for count in (4, 4, 20)]
    axes[2].figure.canvas.draw()
    places = sorted(text.get_window_extent().y0 for text in axes[2].texts)
    assert np.diff(places).min() > 0.95 * axes[2].texts[0].get_window_extent().height


def test_styles_tell_laws_apart(matched_moments: Path) -> None:
    curves = matched(open_store(matched_moments).select_points(dim=2))[1].lines
    assert len({curve.get_color() for curve in curves}) == len(curves) == 8
    neighbours = [(a.get_linestyle(), b.get_linestyle()) for a, b in zip(curves, curves[1:])]
    assert all(a != b for a, b in neighbours)


def test_matched_needs_one_dimension(matched_moments: Path) -> None:
    with pytest.raises(AnalysisError, match="these have 2, 4.*--set dim="):
        matched(open_store(matched_moments).select_points(distribution="shell"))


def test_powers_of_two_are_short() -> None:
    assert [number_text(count) for count in (16, 128, 1025, 1024, 2**64)] == ["16", "128", "1025", "2^{10}", "2^{64}"]


def test_figures_of_a_job_on_its_way(stopped: Path) -> None:
    """What is done is drawn, what is not is named."""
    points = open_store(stopped).select_points()
    done = np.array([point["done"].values.mean() for point in points])
    for point in [points[i] for i in np.flatnonzero(done > 0.0)]:
        assert np.isfinite(spectrum(point).lines[0].get_ydata()).all() and mmse([point]).lines
        if point["dim"].item() == 2:
            kept = np.isfinite(point["positions"].values[:, 0, 0]).sum()
            assert len(trajectories(point).flat[0].lines) == kept + 1
        plt.close("all")
    for point in [points[i] for i in np.flatnonzero(done == 0.0)]:
        for draw in (spectrum, trajectories, lambda point: mmse([point])):
            with pytest.raises(AnalysisError, match="is done yet|dim ="):
                draw(point)
    assert 0.0 < done.mean() < 1.0 and (done == 0.0).any()


def test_timeline(store: Store, tmp_path: Path) -> None:
    axes = timeline(store.tasks, store.rows)
    bars = np.concatenate([collection.get_paths() for collection in axes.collections])
    tasks = store.to_dataframe("tasks")
    assert len(bars) == len(tasks) == 48
    assert sum(np.ptp(bar.vertices[:, 0]) for bar in bars) == pytest.approx(tasks["seconds"].sum())
    assert [label.get_text() for label in axes.get_yticklabels()] == ["rank 0"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["ring", "two"]
    assert "[s]" in axes.get_xlabel()
    check_files(axes, tmp_path)


def test_timeline_leaves_out_what_is_pending(stopped: Path) -> None:
    store = open_store(stopped)
    axes = timeline(store.tasks, store.rows)
    shown = sum(len(collection.get_paths()) for collection in axes.collections)
    assert shown == (store.to_dataframe("tasks")["status"] != "pending").sum() < 48


def test_lanes_and_coverage_of_overlapping_tasks() -> None:
    start, end = np.array([0.0, 1.0, 2.0, 5.0]), np.array([3.0, 2.0, 4.0, 6.0])
    np.testing.assert_array_equal(lanes(start, end), [0, 1, 1, 0])
    assert covered(start, end) == 5.0
