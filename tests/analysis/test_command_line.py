"""python3 -m sigmaflow_analysis: figures, tables, digits, and errors in one line with exit code 2."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from conftest import ANALYSIS, Run
from sigmaflow_analysis import open_store
from sigmaflow_analysis.command_line import main


def fails(capsys: pytest.CaptureFixture, *arguments: object) -> str:
    """Exit code 2 and one line on standard error, which is returned."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as stop:
        code = stop.code
    out, err = capsys.readouterr()
    assert code == 2 and out == "" and err.count("\n") == 1, (code, out, err)
    return err


def test_errors(capsys: pytest.CaptureFixture, finished: Path, summary: Path, tmp_path: Path) -> None:
    assert "there is no file" in fails(capsys, "figure", "spectrum", tmp_path / "no.h5")
    assert "invalid choice" in fails(capsys, "figure", "pie", finished)
    assert "required" in fails(capsys)
    assert "it takes ring, two" in fails(capsys, "figure", "spectrum", finished, "--distribution", "rong")
    assert "--set needs AXIS=VALUE" in fails(capsys, "figure", "mmse", finished, "--set", "steps")
    assert "no label 'speed'" in fails(capsys, "figure", "mmse", finished, "--set", "speed=1")
    assert "no point has dim = 2" in fails(capsys, "figure", "trajectories", finished, "--distribution", "two")
    assert "no table 'colours'" in fails(capsys, "export", "colours", finished)
    assert "from the result file" in fails(capsys, "figure", "timeline", summary)
    assert "cannot write" in fails(capsys, "digits", "/proc/nowhere/digits.h5")
    assert "cannot write" in fails(capsys, "figure", "timeline", finished, "-o", "/proc/nowhere/a.png")


def test_figure_writes_what_was_asked(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = ["figure", "spectrum", str(finished), "--distribution", "ring", "--solver", "heun", "--schedule", "edm",
                 "--set", "steps=8", "-o"]
    assert main([*arguments, str(tmp_path / "one.pdf")]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "one.pdf")]
    assert main([*arguments, str(tmp_path / "both")]) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["both.pdf", "both.png", "one.pdf"]


def test_figure_chooses_the_finest_and_says_so(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    for name in ("spectrum", "trajectories", "mmse"):
        assert main(["figure", name, str(finished), "-o", str(tmp_path / f"{name}.png")]) == 0
        assert "heun on edm, steps = 12" in capsys.readouterr().err
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000


def test_figures_of_matched_moments(matched_moments: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    for name in ("matched", "mutual_information"):
        target = tmp_path / f"{name}.png"
        assert main(["figure", name, str(matched_moments), "--set", "dim=4", "-o", str(target)]) == 0
        assert capsys.readouterr().err == "" and target.stat().st_size > 30_000
    assert "choose with --set dim=" in fails(capsys, "figure", "matched", matched_moments)


def test_quickstart_figures(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["quickstart-figures", str(finished), str(tmp_path)]) == 0
    written = {Path(line).name for line in capsys.readouterr().out.split()}
    names = ("spectrum", "spectrum-ring", "trajectories-ring", "mmse", "timeline")
    assert written == {f"{name}.{kind}" for name in names for kind in ("png", "pdf")}
    assert all((tmp_path / name).stat().st_size > 5_000 for name in written)


def test_export(finished: Path, capsys: pytest.CaptureFixture) -> None:
    frame = open_store(finished).to_dataframe()
    assert main(["export", "points", str(finished), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == frame["id"].tolist()
    assert rows[0]["distribution.two.dim"] is None and rows[-1]["distribution.two.dim"] == 3.0
    assert main(["export", "tasks", str(finished), "--csv"]) == 0
    tasks = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(tasks) == 48 and {task["status"] for task in tasks} == {"done"}
    assert [float(task["seconds"]) for task in tasks] == open_store(finished).tasks["seconds"].values.tolist()


def test_as_a_module(finished: Path) -> None:
    """As users call it: output closed early is no error, help is there."""
    command = f"{sys.executable} -m sigmaflow_analysis export tasks {finished} | head -n 1"
    environment = dict(os.environ, PYTHONPATH=str(ANALYSIS))
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True)
    assert done.stdout.startswith("task,point,") and done.stderr == ""


def test_digits(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "new" / "digits.h5"
    assert main(["digits", str(path)]) == 0
    with h5py.File(path) as file:
        images, labels = file["images"][...], file["labels"][...]
    assert images.shape == (1797, 64) and images.dtype == np.float64 and labels.shape == (1797,)
    assert (images.min(), images.max()) == (-1.0, 1.0) and set(labels) == set(range(10))
    np.testing.assert_array_equal(images * 8 + 8, np.round(images * 8 + 8))
    assert [file.name for file in path.parent.iterdir()] == ["digits.h5"]
    before = path.stat().st_mtime_ns
    assert main(["digits", str(path)]) == 0
    assert path.stat().st_mtime_ns == before
    path.write_bytes(path.read_bytes()[:100_000])
    assert main(["digits", str(path)]) == 0
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["images"][...], images)


def test_the_digits_study_finds_its_points(tmp_path: Path, sigmaflow: Run) -> None:
    """The study in jobs/ runs on the file that `digits` writes."""
    study = (ANALYSIS.parent / "jobs" / "studies" / "digits.toml").read_text()
    folder = tmp_path / "jobs" / "studies"
    folder.mkdir(parents=True)
    (folder / "digits.toml").write_text(study.replace("particles = 2048", "particles = 64").replace("[18, 40]", "6"))
    assert main(["digits", str(tmp_path / "out" / "digits.h5")]) == 0
    sigmaflow("run", folder / "digits.toml", "-o", tmp_path / "study.h5", "--quiet")
    point = open_store(tmp_path / "study.h5").select_point()
    assert point["dim"].item() == 64 and point["spectrum"].dims == ("particle", "level", "rank")
    assert np.nanmax(point["mean_max"].values) <= 1.0 and np.nanmin(point["mean_min"].values) >= -1.0
