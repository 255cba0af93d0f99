"""A file of format version 1, kept since it was written: every command and the Python package still load it."""

import pathlib
import shutil
import sys

import h5py
import numpy
import pytest

from conftest import USAGE

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
sys.path.insert(0, str(DATA.parents[1] / "analysis"))
from sigmaflow_analysis import open_store  # noqa: E402, found by the path above


@pytest.fixture
def old(lab):
    shutil.copy(DATA / "result-format-1.h5", lab.path("old.h5"))
    shutil.copy(DATA / "result-format-1.toml", lab.path("old.toml"))
    return lab.path("old.h5")


def test_every_command_reads_it(lab, old):
    assert "4 tasks, 4 done" in lab.verify("old.h5")
    assert lab.json("status", "old.h5", "--json")["done"] == 4
    assert lab.check("diff", "old.h5", "old.h5").out == ""
    lab.check("aggregate", "old.h5", "-o", "summary.h5")
    with h5py.File(old, "r") as file, h5py.File(lab.path("summary.h5"), "r") as summary:
        for name, group in file["results"].items():
            count = group["count"][:].astype(float)
            mean = (count * group["mmse_mean"][:].reshape(count.shape)).sum(1) / count.sum(1)
            shown = summary[f"results/{name}/mmse_mean"][:].reshape(mean.shape)
            numpy.testing.assert_allclose(shown, mean, rtol=1e-14)


def test_python_reads_it(old):
    store = open_store(old)
    assert list(store) == ["dim1_levels3", "dim2_levels3"]
    data = store["dim1_levels3"]
    assert data["done"].values.all() and data["count"].values.ravel().tolist() == [64, 64, 64, 6, 6, 6]
    # At sigma = 80, J = 1 - (1 + 0.01)/80^2 for two Gaussians of width 0.1 at +-1, up to the posterior's pull.
    assert data["spectrum"].values[0, :, 0, 0] == pytest.approx(1 - 1.01 / 6400, abs=2e-5)


def test_a_resume_knows_that_it_is_of_another_build(lab, old):
    before = old.read_bytes()
    refused = lab.check("run", "old.toml", "-o", "old.h5", "--resume", code=USAGE)
    assert "was computed by other numerics" in refused.err
    assert old.read_bytes() == before
