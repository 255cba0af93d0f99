"""Records of analyses, in a result file and in its summary."""

from __future__ import annotations

from pathlib import Path

import dask.array as da
import h5py
import numpy as np
import pytest
from conftest import Run
from sigmaflow_analysis import AnalysisError, Store, Summary, open_store, open_summary
from sigmaflow_analysis.figures import timeline


@pytest.fixture(params=["store", "summary"])
def both(request: pytest.FixtureRequest, analysed: Path) -> Store | Summary:
    return open_store(analysed) if request.param == "store" else open_summary(analysed.with_name("summary.h5"))


def test_groups_and_points_are_those_of_solvers_alone(both: Store | Summary) -> None:
    assert set(both) == {"dim2_levels9", "dim3_levels9"} and both.points.sizes["point"] == 8
    assert "analysis" not in both.points and not any(str(name).startswith("analysis.") for name in both.points)
    assert both.select(distribution="ring").sizes["point"] == 4
    assert both.rows.sizes["point"] == 12


def test_the_table_of_analyses(both: Store | Summary) -> None:
    frame = both.to_dataframe("analyses")
    assert list(frame.index) == [8, 9, 10, 11] and frame.index.name == "point"
    assert list(frame["distribution"]) == ["ring", "ring", "two", "two"] and set(frame["analysis"]) == {"about"}
    assert list(frame["analysis.about.samples"]) == [64.0, 96.0, 64.0, 96.0]
    assert not any(name in frame for name in ("solver", "solver_kind", "schedule", "schedule.edm.steps"))


def test_a_record_per_distribution(both: Store | Summary) -> None:
    found = both.select_analyses(analysis="about", samples=96)
    assert [record["distribution"].item() for record in found] == ["ring", "two"]
    for record in found:
        assert record["mmse"].dims == ("level",) and isinstance(record["mmse"].data, da.Array)
        assert "sigma" in record.coords and record["sigma"].dims == ("level",)
        np.testing.assert_allclose(record["sigma"], np.geomspace(5.0, 0.05, 4), rtol=1e-14)
        assert record["done"].values.all() and record["analysis_kind"].item() == "information"
        assert record.attrs["part_axis"] == "level" and "point_index" not in record


def test_values_are_those_of_the_file(both: Store | Summary, analysed: Path) -> None:
    record = both.select_analysis(distribution="two", samples=64)
    with h5py.File(analysed) as file:
        group = file["results/information_dim3"]
        row = list(group["point_index"]).index(record["point"].item())
        for name in ("mmse", "mutual_information", "branching_directions_error"):
            np.testing.assert_array_equal(record[name], group[name][row])
    assert record["mmse"].attrs["units"] == "data^2" and record["dim"].item() == 3


def test_a_part_that_is_not_done_is_masked(both: Store | Summary) -> None:
    record = both.select_analysis(distribution="ring", samples=64)
    assert record["done"].values.tolist() == [True, False, True, True]
    for name in ("mmse", "sigma", "entropy_error"):
        assert np.isnan(record[name].values).tolist() == [False, True, False, False], name


def test_choosing_says_what_there_is(both: Store | Summary) -> None:
    with pytest.raises(AnalysisError, match=r"4 analyses .*choose by .*distribution \(ring, two\)"):
        both.select_analysis(analysis="about")
    with pytest.raises(AnalysisError, match="it takes about"):
        both.select_analyses(analysis="abuot")
    with pytest.raises(AnalysisError, match="no label 'solver'"):
        both.select_analyses(solver="heun")


def test_files_without_analyses_have_none(finished: Path) -> None:
    store = open_store(finished)
    assert store.analyses.sizes["point"] == 0 and store.to_dataframe("analyses").empty
    with pytest.raises(AnalysisError, match="no"):
        store.select_analyses(analysis="about")


def test_analyses_alone(sigmaflow: Run, tmp_path: Path) -> None:
    study = tmp_path / "alone.toml"
    study.write_text('[[distribution]]\nkind = "ring"\n[[analysis]]\nkind = "information"\nlevels = 2\nsamples = 32\n')
    sigmaflow("run", study, "-o", tmp_path / "alone.h5", "--quiet")
    sigmaflow("aggregate", tmp_path / "alone.h5", "-o", tmp_path / "summary.h5")
    for file in (open_store(tmp_path / "alone.h5"), open_summary(tmp_path / "summary.h5")):
        assert len(file) == 0 and file.points.sizes["point"] == 0 and file.to_dataframe().empty
        assert file.select_analysis(distribution="ring")["flipd"].shape == (2,)


def test_the_timeline_shows_their_tasks(analysed: Path) -> None:
    store = open_store(analysed)
    assert "24 tasks" in timeline(store.tasks, store.rows).get_title(loc="left")
