"""open_store: names, labels, laziness, selection, masks."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import dask.array as da
import h5py
import numpy as np
import pytest
import xarray as xr
from conftest import Run
from sigmaflow_analysis import AnalysisError, Store, open_store
from sigmaflow_analysis.reader import LazyDataset, chunks_of
from sigmaflow_analysis.store import NOT_COMPUTED


def test_groups_have_the_dimensions_and_sizes_of_the_study(finished: Path) -> None:
    store = open_store(finished)
    assert {name: data.sizes["point"] for name, data in store.items()} == {
        "dim1_levels9": 4, "dim2_levels9": 4, "dim3_levels9": 4}
    data = store["dim3_levels9"]
    assert data["spectrum"].dims == ("point", "particle", "level", "rank")
    assert data["spectrum_bins"].dims == ("point", "block", "level", "rank", "spectrum_bin")
    assert data["positions_mean"].dims == ("point", "block", "level", "coordinate")
    assert (data.sizes["particle"], data.sizes["block"], data.sizes["level"], data.sizes["rank"]) == (128, 4, 9, 3)
    assert data["spectrum"].attrs["units"] == "1" and "eigenvalues" in data["spectrum"].attrs["long_name"]


def test_points_carry_their_labels(finished: Path) -> None:
    store = open_store(finished)
    data = store["dim3_levels9"]
    assert set(data["distribution"].values) == {"two"} and set(data["solver"].values) == {"euler", "heun"}
    np.testing.assert_array_equal(data["distribution.two.dim"], 3.0)
    assert sorted(set(data["schedule.edm.steps"].values)) == [8.0, 12.0]
    rows = store.points.isel(point=data["point"].values)
    for label in ("id", "distribution", "schedule", "solver", "dim", "schedule.edm.steps"):
        np.testing.assert_array_equal(data[label], rows[label])
    assert np.isnan(store["dim2_levels9"]["distribution.two.dim"]).all()


def test_sigma_is_a_coordinate_of_point_and_level(finished: Path) -> None:
    data = open_store(finished)["dim2_levels9"]
    assert data["sigma"].dims == ("point", "level") and "sigma" in data.coords
    for sigma in data["sigma"].values:
        assert np.all(np.diff(sigma[np.isfinite(sigma)]) < 0.0)


def test_opening_reads_tables_only(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()
    original = LazyDataset.__getitem__
    monkeypatch.setattr(LazyDataset, "__getitem__",
                        lambda self, key: (read.add(self.name), original(self, key))[1])
    store = open_store(finished)
    for data in store.values():
        for name, array in data.items():
            assert isinstance(array.data, da.Array), name
    results = {name for name in read if name.startswith("/results/")}
    assert {name.rsplit("/")[-1] for name in results} <= {"sigma", "point_index"}
    store["dim2_levels9"]["mmse_mean"].isel(point=0).compute()
    assert {name for name in read if name.startswith("/results/")} - results == {"/results/dim2_levels9/mmse_mean"}


def test_only_the_chosen_piece_is_read(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    original = LazyDataset.__getitem__

    def counted(self: LazyDataset, key: object) -> np.ndarray:
        piece = original(self, key)
        sizes.append(piece.size)
        return piece

    data = open_store(finished)["dim2_levels9"]
    monkeypatch.setattr(LazyDataset, "__getitem__", counted)
    data["spectrum_bins"].isel(point=1, block=2).compute()
    assert sum(sizes) == data["spectrum_bins"].isel(point=1, block=2).size


def test_chunks_are_contiguous_and_bounded() -> None:
    assert chunks_of((7, 5, 3), 8) == (7, 5, 3)
    assert chunks_of((1000, 1000, 1000), 8) == (1, 1000, 1000)
    assert chunks_of((10, 10**7), 8) == (1, (8 << 20) // 8)
    assert chunks_of((0, 4), 8) == (1, 4)


def test_values_are_those_of_plain_xarray(finished: Path) -> None:
    ours = open_store(finished)["dim2_levels9"]
    with xr.open_dataset(finished, group="results/dim2_levels9", engine="h5netcdf") as plain:
        for name in ("spectrum", "mmse_m2", "entropy_bins", "count", "particle_status"):
            assert plain[name].dims == ours[name].dims
            np.testing.assert_array_equal(plain[name], ours[name])


def test_select_by_label_axis_and_short_name(finished: Path) -> None:
    store = open_store(finished)
    assert store.select(distribution="ring").sizes["point"] == 4
    assert store.select(distribution="ring", solver=["heun", "euler"]).sizes["point"] == 4
    assert store.select(distribution="ring", solver="heun", steps=12).sizes["point"] == 1
    assert store.select(dim="3", **{"schedule.edm.steps": "8"}).sizes["point"] == 2
    assert list(store.select_groups(solver="heun")) == list(store)
    point = store.select_point(distribution="two", dim=1, solver="euler", steps=8)
    assert "point" not in point.dims and point["positions"].dims == ("particle", "level", "coordinate")
    assert (point["solver"].item(), point["dim"].item(), point["schedule.edm.steps"].item()) == ("euler", 1, 8.0)


@pytest.mark.parametrize("labels, message", [
    ({"distribution": "rong"}, "it takes ring, two"),
    ({"colour": "red"}, "no label 'colour'"),
    ({"steps": "many"}, "is a number"),
    ({"steps": 9}, "it takes 8, 12"),
    ({"distribution": "ring", "dim": 3}, "no point has distribution = ring, dim = 3"),
    ({"distribution": "two"}, "several groups"),
])
def test_select_says_what_there_is(finished: Path, labels: dict, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        open_store(finished).select(**labels)


def test_select_point_says_how_to_choose(finished: Path) -> None:
    with pytest.raises(AnalysisError, match=r"2 points .* choose by solver \(euler, heun\)"):
        open_store(finished).select_point(distribution="ring", steps=8)


def test_tables(finished: Path, small_study: Path) -> None:
    store = open_store(finished)
    points = store.to_dataframe()
    assert len(points) == 12 and points.index.name == "point"
    assert list(points["distribution"].unique()) == ["ring", "two"]
    tasks = store.to_dataframe("tasks")
    assert len(tasks) == 48 and set(tasks["status"]) == {"done"} and "checksum" not in tasks
    assert (tasks["seconds"] > 0.0).all()
    sessions = store.to_dataframe("sessions")
    assert len(sessions) == 1 and sessions["ranks"][0] == 1 and sessions["hosts"][0] != ""
    assert store.study_text == small_study.read_text()
    assert store.provenance["format"] == "sigmaflow-result" and store.provenance["study_name"] == "small"


def test_a_failed_task_is_masked(with_failure: Path) -> None:
    store = open_store(with_failure)
    tasks = store.to_dataframe("tasks")
    failed = tasks[tasks["status"] == "failed"]
    assert len(failed) == 1 and "fault on demand" in failed["message"].iloc[0]
    check_masks(store)


def test_pending_tasks_are_masked(stopped: Path) -> None:
    store = open_store(stopped)
    assert {"pending", "done"} <= set(store.to_dataframe("tasks")["status"])
    check_masks(store)


def check_masks(store: Store) -> None:
    """Every row of every task: the file's values if done, else masked."""
    with h5py.File(store.path) as file:
        for group, data in store.items():
            raw = {name: file["results"][group][name][...] for name in data if name in file["results"][group]}
            tasks = store.to_dataframe("tasks")
            for task in tasks[np.isin(tasks["point"], data["point"])].itertuples():
                check_task(task, data, raw)


def check_task(task: object, data: xr.Dataset, raw: dict[str, np.ndarray]) -> None:
    done = task.status == "done"
    assert bool(data["done"][task.row, task.block]) == done
    kept = slice(task.kept_first, task.kept_first + task.kept_count)
    for name, masked in (("mmse_mean", np.nan), ("count", 0), ("spectrum_bins", 0)):
        expected = raw[name][task.row, task.block] if done else masked
        np.testing.assert_array_equal(data[name][task.row, task.block], expected)
    for name, masked in (("positions", np.nan), ("particle_status", NOT_COMPUTED)):
        expected = raw[name][task.row, kept] if done else masked
        np.testing.assert_array_equal(data[name][task.row, kept], expected)
    assert data["count"].dtype == np.uint32 and data["particle_status"].dtype == np.uint8


def test_a_running_job_can_be_read(small_study: Path, tmp_path: Path, sigmaflow: Run) -> None:
    path = tmp_path / "live.h5"
    command = [os.environ["SIGMAFLOW"], "run", small_study, "-o", path, "--quiet", "--epoch", "0.2"]
    job = subprocess.Popen(command, env=dict(os.environ, OMP_NUM_THREADS="1", SIGMAFLOW_FAULT="sleep@*=0.05"))
    try:
        seen = [0]
        while job.poll() is None:
            if path.exists():
                store = open_store(path)
                seen.append(sum(int(data["done"].sum()) for data in store.values()))
                assert np.isfinite(store["dim2_levels9"]["count"].sum().compute())
            time.sleep(0.05)
        assert job.returncode == 0
    finally:
        job.kill()
    assert seen == sorted(seen) and len(set(seen)) > 2
    assert all(data["done"].all() for data in open_store(path).values())


def test_other_files_are_refused(tmp_path: Path) -> None:
    text, other = tmp_path / "text.h5", tmp_path / "other.h5"
    text.write_text("no HDF5")
    h5py.File(other, "w").close()
    with pytest.raises(AnalysisError, match="there is no file"):
        open_store(tmp_path / "missing.h5")
    with pytest.raises(AnalysisError, match="cannot read"):
        open_store(text)
    with pytest.raises(AnalysisError, match="its format is 'unknown'"):
        open_store(other)
