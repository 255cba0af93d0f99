"""The program built against MPICH and MPICH's HDF5 gives the bits of the one built against Open MPI. Long: FULL=1."""

import json
import os
import shutil
import signal
import subprocess
import time

import h5py
import pytest

from conftest import FULL, ROOT, configure, run

pytestmark = pytest.mark.skipif(not FULL or not shutil.which("mpiexec.mpich"), reason="FULL=1 and jobs/setup mpich")
STUDY = ROOT / "jobs" / "studies" / "toy-models.toml"


@pytest.fixture(scope="module")
def mpich():
    folder = ROOT / "build" / "mpich"
    configure(ROOT, folder, "-DSIGMAFLOW_WARNINGS_ARE_ERRORS=ON", "-DMPI_C_COMPILER=/usr/bin/mpicc.mpich",
              "-DHDF5_C_COMPILER_EXECUTABLE=/usr/bin/h5pcc.mpich", "-DMPIEXEC_EXECUTABLE=/usr/bin/mpiexec.mpich")
    run("cmake", "--build", folder, "--target", "sigmaflow_program", "test_mpi")
    linked = run("ldd", folder / "sigmaflow")
    assert "libmpich" in linked and "libhdf5_mpich" in linked and "openmpi" not in linked
    return folder


def on(ranks):
    return ["mpiexec.mpich", "-n", ranks]


@pytest.fixture(scope="module")
def reference(build, tmp_path_factory):
    """By the program of Open MPI, alone."""
    path = tmp_path_factory.mktemp("reference") / "reference.h5"
    run(build / "sigmaflow", "run", STUDY, "-o", path, "--quiet")
    return path


def fingerprint(path):
    with h5py.File(path, "r") as file:
        return {name: value for name, value in file.attrs.items() if name.startswith("fingerprint_")}


@pytest.mark.parametrize("ranks", [1, 2, 3, 5])
def test_units_of_several_ranks(mpich, ranks):
    assert "[  PASSED  ]" in run(*on(ranks), mpich / "test_mpi", timeout=300)


def test_three_ranks_give_the_bits_of_open_mpi(mpich, build, reference, tmp_path):
    path = tmp_path / "three.h5"
    run(*on(3), mpich / "sigmaflow", "run", STUDY, "-o", path, "--quiet", "--threads", 2)
    for program in (mpich, build):
        assert ", 0 problems" in run(program / "sigmaflow", "verify", path)
        differences = run(program / "sigmaflow", "diff", path, reference).strip().splitlines()
        assert differences == []
    print(f"[claim] mpich-differences {len(differences)}")
    assert fingerprint(path) == fingerprint(reference)


def ranks_of(process):
    """The ranks of a running mpiexec: its proxy's children."""
    found = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,comm="], capture_output=True, text=True, check=True).stdout.split("\n")
    rows = [line.split() for line in found if line.strip()]
    proxies = {pid for pid, parent, _ in rows if parent == str(process.pid)}
    return [int(pid) for pid, parent, name in rows if parent in proxies and name == "sigmaflow"]


def started(program, path, *options):
    """A slow run on three ranks of which a few tasks are done."""
    process = subprocess.Popen([*map(str, on(3)), program, "run", STUDY, "-o", path, "--quiet", "--epoch", "0.05", *options],
                               env={**os.environ, "SIGMAFLOW_FAULT": "sleep@*=0.02"})
    end = time.monotonic() + 60.0
    while time.monotonic() < end:
        if path.exists() and json.loads(run(program, "status", path, "--json"))["done"] > 0:
            return process
        time.sleep(0.02)
    process.kill()
    pytest.fail("no task was done within a minute")


def test_killed_on_three_and_resumed_on_two(mpich, build, reference, tmp_path):
    path = tmp_path / "killed.h5"
    process = started(mpich / "sigmaflow", path)
    for pid in ranks_of(process):
        os.kill(pid, signal.SIGKILL)
    assert process.wait(60) != 0
    run(*on(2), mpich / "sigmaflow", "run", STUDY, "-o", path, "--quiet", "--resume")
    assert ", 0 problems" in run(mpich / "sigmaflow", "verify", path)
    assert run(build / "sigmaflow", "diff", path, reference).strip() == ""


def test_stopped_and_resumed_by_the_other_mpi(mpich, build, reference, tmp_path):
    path = tmp_path / "stopped.h5"
    process = started(mpich / "sigmaflow", path)
    for pid in ranks_of(process)[:1]:
        os.kill(pid, signal.SIGUSR1)
    assert process.wait(60) == 75
    run("mpirun", "-n", 2, build / "sigmaflow", "run", STUDY, "-o", path, "--quiet", "--resume")
    assert run(build / "sigmaflow", "diff", path, reference).strip() == ""
