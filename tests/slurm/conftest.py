"""sigmaflow on a real SLURM of two nodes (cluster.py): one cluster for all tests, taken down whatever happens.

Without SLURM every test is skipped, or fails where CI=true is in the environment. FULL=1 runs the long versions.
"""

import importlib.util
import os
import pathlib
import re
import signal
import sys

import h5py
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cluster import Cluster, obstacle, wait_until  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
JOBS = ROOT / "jobs"
FULL = os.environ.get("FULL", "") not in ("", "0")

# What the tests of the whole program have: the study of 54 tasks, comparing files by bytes.
_spec = importlib.util.spec_from_file_location("end_to_end", ROOT / "tests" / "end_to_end" / "conftest.py")
end_to_end = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(end_to_end)

PROGRAM = end_to_end.program()
TASKS = end_to_end.TASKS
TWO_NODES_OVER_TCP = {  # both "nodes" are this host, so that Open MPI would choose shared memory
    "LAUNCH": "mpirun",
    "OMPI_MCA_btl": "tcp,self",
    "OMPI_MCA_coll": "^sm",
    "OMPI_MCA_osc": "^rdma",
}


def claim(name, value):
    print(f"\n[claim] {name} {value}")


@pytest.fixture(scope="session")
def cluster():
    why = obstacle()
    if why and os.environ.get("CI") == "true":
        pytest.fail(f"CI needs SLURM: {why}")
    if why:
        pytest.skip(why)
    cluster = Cluster()
    # A killed test run takes the cluster down too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
    assert not cluster.leftovers(), "processes of the cluster are left"


class User:
    """A folder on the cluster with the study, and what a user does there."""

    def __init__(self, cluster, folder):
        self.cluster = cluster
        self.folder = folder
        self.path = lambda name: folder / name
        self.path("study.toml").write_text(end_to_end.STUDY)
        self.environment = {
            "SIGMAFLOW": PROGRAM,
            "OMPI_ALLOW_RUN_AS_ROOT": "1",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
            "OMPI_MCA_mpi_yield_when_idle": "1",
            "OMPI_MCA_hwloc_base_binding_policy": "none",
            "OMPI_MCA_rmaps_base_oversubscribe": "1",
            "HDF5_USE_FILE_LOCKING": "FALSE",
            # What a killed job cannot remove goes with the folder of the cluster.
            "OMPI_MCA_btl_vader_backing_directory": str(cluster.folder),
            "OMPI_MCA_osc_sm_backing_directory": str(cluster.folder),
            "OMPI_MCA_osc_rdma_backing_directory": str(cluster.folder),
        }

    def sigmaflow(self, *words, code=0, **extra):
        done = self.cluster.command(PROGRAM, *words, check=False, cwd=self.folder, env={**self.environment, **extra})
        assert done.returncode == code, f"{words} -> {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def sbatch(self, *words, **extra):
        """Submits; the id of the job."""
        done = self.cluster.command("sbatch", "--parsable", *words, cwd=self.folder, env={**self.environment, **extra})
        return done.stdout.strip()

    def submit(self, *words, **extra):
        """sigmaflow submit; the ids of the jobs."""
        out = self.sigmaflow("submit", "study.toml", "-o", "out.h5", *words, **extra).stdout
        return re.findall(r"^Submitted batch job (\d+)$", out, re.M)

    def scancel(self, *words):
        self.cluster.command("scancel", *words)

    def log(self):
        """What the jobs of this folder have printed."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def finish(self, job, code=0, seconds=240.0):
        """Waits for a job, which has to end with the exit code; its description."""
        found = self.cluster.wait_for(job, seconds)
        assert found["ExitCode"] == f"{code}:0", f"{found}\n{self.log()}\n{self.cluster.logs()}"
        return found

    def started(self, name, flags=1):
        """Waits until a job has finished some tasks of a file."""

        def finished():
            try:
                return end_to_end.flags_watch(self.path(name))() >= flags
            except (FileNotFoundError, OSError, KeyError):
                return False

        try:
            wait_until(finished, f"{flags} tasks in {name}", 90.0)
        except AssertionError as error:
            pytest.fail(f"{error}\n{self.log()}\n{self.cluster.logs()}")

    def sessions(self, name):
        with h5py.File(self.path(name), "r") as file:
            table = {column: file[f"sessions/{column}"][:] for column in ("start", "ranks", "exit_code", "hosts", "job")}
        text = lambda row: bytes(row).rstrip(b"\0").decode()
        used = [i for i in range(len(table["start"])) if table["start"][i] > 0]
        return [
            {"ranks": int(table["ranks"][i]), "exit_code": int(table["exit_code"][i]), "hosts": text(table["hosts"][i]),
             "job": text(table["job"][i])}
            for i in used
        ]  # fmt: skip

    def assert_same(self, name, reference):
        """Every result is the same to the last bit, by the program and by bytes; the number of datasets that differ."""
        self.sigmaflow("verify", name)
        self.sigmaflow("diff", name, reference)
        ours, theirs = end_to_end.result_bytes(self.path(name)), end_to_end.result_bytes(reference)
        assert ours.keys() == theirs.keys() and len(ours) > 20
        differing = sum(sum(a != b for a, b in zip(ours[key][2], theirs[key][2])) for key in ours)
        assert ours == theirs
        return differing


@pytest.fixture
def user(cluster, tmp_path):
    user = User(cluster, tmp_path)
    yield user
    cluster.command("scancel", "--user", "root", check=False)
    wait_until(lambda: not cluster.command("squeue", "-h").stdout.strip(), "the jobs of the test to go", 90.0)


@pytest.fixture(scope="session")
def local(cluster, tmp_path_factory):
    """The study, run on this machine without SLURM on one rank."""
    folder = tmp_path_factory.mktemp("local")
    user = User(cluster, folder)
    user.sigmaflow("run", "study.toml", "-o", "local.h5", "--threads", "1", "--quiet")
    return folder / "local.h5"
