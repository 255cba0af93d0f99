"""Reading while four ranks write: the command, the Python package, plain xarray, netCDF4 and h5py see whole rows or none,
and never less than before."""

import pathlib
import sys

import h5py
import netCDF4
import numpy
import xarray

from conftest import DONE, FULL, TASKS, wait_for_session

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "analysis"))
from sigmaflow_analysis import open_store  # noqa: E402, found by the path above

SLOWLY = f"sleep@*={0.2 if FULL else 0.1}"
GROUP = "dim2_levels5"
FIELD = "positions_mean"


def whole_rows(place, done):
    """(point, block) -> bytes of the rows that are done."""
    return {where: place[where].tobytes() for where in zip(*map(list, numpy.nonzero(done)))}


def done_of(status, tasks, group):
    done = numpy.zeros((12, 3), dtype=bool)
    here = (status == 1) & (tasks["group"] == group)
    done[tasks["row"][here].astype(int), tasks["block"][here].astype(int)] = True
    return done


def by_h5py(path):
    with h5py.File(path, "r") as file:
        tasks = {name: file[f"tasks/{name}"][:] for name in ("status", "group", "row", "block")}  # flags first
        done = done_of(tasks["status"], tasks, list(file["results"]).index(GROUP))
        return whole_rows(file[f"results/{GROUP}/{FIELD}"][:], done)


def by_xarray(path, engine):
    with xarray.open_dataset(path, group="tasks", engine=engine) as tasks:
        columns = {name: tasks[name].values for name in ("status", "group", "row", "block")}
    with h5py.File(path, "r") as file:
        number = list(file["results"]).index(GROUP)
    with xarray.open_dataset(path, group=f"results/{GROUP}", engine=engine) as data:
        return whole_rows(data[FIELD].values, done_of(columns["status"], columns, number))


def by_netcdf(path):
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        columns = {name: file["tasks"][name][:] for name in ("status", "group", "row", "block")}
        number = list(file["results"].groups).index(GROUP)
        return whole_rows(file[f"results/{GROUP}/{FIELD}"][:], done_of(columns["status"], columns, number))


def by_package(path):
    data = open_store(path)[GROUP]
    rows = whole_rows(data[FIELD].values, data["done"].values)
    assert numpy.isnan(data[FIELD].values[~data["done"].values]).all()
    return rows


READERS = {"h5py": by_h5py, "xarray": lambda path: by_xarray(path, "h5netcdf"), "netcdf4": by_netcdf,
           "xarray-netcdf4": lambda path: by_xarray(path, "netcdf4"), "package": by_package}  # fmt: skip


def test_readers_beside_four_ranks(lab):
    out = lab.path("out.h5")
    job = lab.start("run", "study.toml", "-o", "out.h5", "--epoch", 0.05, ranks=4, fault=SLOWLY)
    wait_for_session(out)
    seen, looks = {name: {} for name in READERS}, 0
    done = 0
    while job.running():
        status = lab.json("status", "out.h5", "--json")
        assert status["total"] == TASKS and status["done"] >= done and status["failed"] == 0
        done = status["done"]
        lab.verify("out.h5")
        for name, reader in READERS.items():
            rows = reader(out)
            assert rows.items() >= seen[name].items(), f"{name}: a row that was done has changed"
            seen[name] = rows
        looks += 1
    assert job.wait().code == DONE, job.err
    assert looks >= 2 and any(0 < len(rows) for rows in seen.values())
    lab.verify("out.h5")
    lab.check("run", "study.toml", "-o", "undisturbed.h5", "--threads", 2)
    lab.assert_same("out.h5", "undisturbed.h5")
    final = by_h5py(lab.path("undisturbed.h5"))
    assert len(final) == 36
    for name, rows in seen.items():
        assert rows.items() <= final.items(), f"{name} saw rows that are not those of an undisturbed run"
    print(f"[claim] looks-beside-four-ranks {looks}")
