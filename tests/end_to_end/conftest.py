"""The program as a user meets it: alone and under mpirun, killed, stopped, resumed.

SIGMAFLOW names the program (default: the one on PATH), FULL=1 selects the long versions. Every command has a time
limit, every test a folder of its own, in which Open MPI also keeps what a killed job cannot remove.
"""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time

import h5py
import numpy
import pytest

FULL = os.environ.get("FULL", "") not in ("", "0")
SEED = int(os.environ.get("SEED", "2206"))
LIMIT = 120.0  # seconds for any one command

DONE, FAILED, USAGE, TASK_FAILED, STOPPED = 0, 1, 2, 3, 75

# 18 points of three costs in 54 tasks of 2, 2 and 1 tiles; 150 is a multiple neither of the tile (32) nor of the block.
STUDY = """\
[study]
name = "layouts"
seed = 7
particles = 150
block = 64

[[distribution]]
name = "ring"
kind = "ring"
count = 5
radius = 1.0
width = 0.05

[[distribution]]
name = "two"
kind = "two_deltas"
dim = 3
radius = 1.0
width = 0.1

[[distribution]]
name = "normal"
kind = "gaussian"
dim = 2
variances = [4.0, 0.25]

[[schedule]]
name = "edm"
kind = "edm"
steps = [6, 12, 24]

[[solver]]
kind = "euler"

[[solver]]
kind = "heun"

[observe]
levels = 5
quantities = ["positions", "spectrum", "log_density", "likelihood"]
keep_particles = 70
"""
TASKS = 54
FAULTY = 17
THROW = f"throw@{FAULTY}"


def program():
    found = os.environ.get("SIGMAFLOW") or shutil.which("sigmaflow")
    if not found:
        pytest.exit("SIGMAFLOW does not name the program, and sigmaflow is not on PATH", returncode=2)
    return str(pathlib.Path(found).resolve())


def is_alive(pid):
    """A zombie has let go of its files and locks."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid):
    out = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            out += [int(word) for word in task.read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            pass
    return sorted(out)


def wait_until(condition, what, seconds=60.0):
    """The first true value of condition(); fails with `what` when it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.002)
    pytest.fail(f"waited {seconds} s for {what}")


class Job:
    """A running command."""

    def __init__(self, process, ranks):
        self.process = process
        self.ranks = ranks
        self.started = time.monotonic()

    def rank_pids(self):
        """Process ids in the order of the ranks, as soon as all of them have started."""
        if self.ranks is None:
            return [self.process.pid]
        ours = lambda: [p for p in children(self.process.pid) if self._is_rank(p)]
        return wait_until(lambda: len(ours()) == self.ranks and ours(), "all ranks to start", 30.0)

    @staticmethod
    def _is_rank(pid):
        try:
            return "sigmaflow" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
        except (FileNotFoundError, ProcessLookupError):
            return False

    def running(self):
        return self.process.poll() is None

    def kill(self, which="all"):
        """SIGKILL to every rank and its mpirun, or to one rank, whose mpirun then ends the others."""
        pids = [] if not self.running() else self.rank_pids()
        if which == "all":
            for pid in pids + ([] if self.ranks is None else [self.process.pid]):
                self._send(pid, signal.SIGKILL)
        elif pids:
            self._send(pids[which % len(pids)], signal.SIGKILL)
        self.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in pids), "killed ranks to go")

    def signal(self, number):
        """As a person or a scheduler would: to the command, mpirun included."""
        self.process.send_signal(number)

    @staticmethod
    def _send(pid, number):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    def wait(self, timeout=LIMIT):
        """The finished command, with its output and how long it took."""
        try:
            self.out, self.err = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            for pid in [*children(self.process.pid), self.process.pid]:
                self._send(pid, signal.SIGKILL)
            self.process.communicate()
            pytest.fail(f"{' '.join(self.process.args)} did not end within {timeout} s")
        self.seconds = time.monotonic() - self.started
        self.code = self.process.returncode
        return self


class Lab:
    """A folder with a study, and the program run in it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.scratch = tempfile.mkdtemp(prefix="sf")  # short: sockets of Open MPI have names of at most 107 characters
        self.jobs = []

    def close(self):
        for job in self.jobs:
            if job.running():
                job.kill()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def path(self, name):
        return self.folder / name

    def write(self, name, text):
        self.path(name).write_text(text)
        return name

    def listing(self):
        return sorted((p.name, p.stat().st_size) for p in self.folder.iterdir())

    def environment(self, fault, extra):
        out = dict(os.environ)
        for name in ("SIGMAFLOW_FAULT", "OMP_NUM_THREADS"):
            out.pop(name, None)
        out.update(
            OMPI_ALLOW_RUN_AS_ROOT="1",
            OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
            OMPI_MCA_rmaps_base_oversubscribe="1",
            OMPI_MCA_hwloc_base_binding_policy="none",
            OMPI_MCA_mpi_yield_when_idle="1",
            OMPI_MCA_btl_vader_backing_directory=self.scratch,
            OMPI_MCA_osc_sm_backing_directory=self.scratch,
            OMPI_MCA_osc_rdma_backing_directory=self.scratch,
            TMPDIR=self.scratch,
            HDF5_USE_FILE_LOCKING="FALSE",
        )
        if fault:
            out["SIGMAFLOW_FAULT"] = fault
        out.update(extra or {})
        return out

    def start(self, *words, ranks=None, fault="", env=None, stdin=None):
        """Starts `sigmaflow words...`, under mpirun if a number of ranks is given."""
        launcher = [] if ranks is None else ["mpirun", "-n", str(ranks)]
        process = subprocess.Popen(
            [*launcher, program(), *map(str, words)],
            cwd=self.folder,
            env=self.environment(fault, env),
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        job = Job(process, ranks)
        self.jobs.append(job)
        return job

    def run(self, *words, timeout=LIMIT, **how):
        return self.start(*words, **how).wait(timeout)

    def check(self, *words, code=DONE, **how):
        """Runs a command that has to end with `code`."""
        job = self.run(*words, **how)
        assert job.code == code, f"exit code {job.code}, not {code}\n{job.out}\n{job.err}"
        return job

    def json(self, *words, **how):
        """What a command prints, which must be JSON and nothing else."""
        return json.loads(self.check(*words, **how).out, parse_constant=lambda word: pytest.fail(f"JSON has {word}"))

    def verify(self, name):
        """No problem in the file; returns the verdict."""
        verdict = self.check("verify", name).out
        assert ", 0 problems" in verdict
        return verdict

    def assert_same(self, a, b):
        """By the program's own diff and by the bytes of all results."""
        assert self.check("diff", a, b).out == ""
        assert_equal_bytes(self.path(a), self.path(b))


def statuses(path):
    with h5py.File(path, "r") as file:
        return file["tasks/status"][:]


def flags_watch(path):
    """A function that counts the flags of a file while a job writes it: the flags alone, read past HDF5."""
    with h5py.File(path, "r") as file:
        offset = file["tasks/status"].id.get_offset()
        count = file["tasks/status"].shape[0]

    def flagged():
        with open(path, "rb") as file:
            file.seek(offset)
            return sum(1 for byte in file.read(count) if byte != 0)

    return flagged


def result_bytes(path):
    """Name -> (type, shape, bytes) of what was computed: all of /results and /points, what /tasks says of outcomes."""
    out = {}
    with h5py.File(path, "r") as file:

        def note(name, thing):
            if not isinstance(thing, h5py.Dataset):
                return
            data = thing[...]
            if data.dtype == object:
                out[name] = ("text", data.shape, repr(data.tolist()).encode())
            else:
                out[name] = (str(data.dtype), data.shape, data.tobytes())

        for group in ("results", "points"):
            file[group].visititems(lambda name, thing, group=group: note(f"{group}/{name}", thing))
        for name in ("point", "group", "row", "block", "first", "count", "status", "message", "checksum"):
            note(f"tasks/{name}", file[f"tasks/{name}"])
    return out


def assert_equal_bytes(a, b):
    ours, theirs = result_bytes(a), result_bytes(b)
    assert ours.keys() == theirs.keys()
    different = [name for name in ours if ours[name] != theirs[name]]
    assert not different, f"{a.name} and {b.name} differ in {different}"


def sessions(path):
    """The used rows of /sessions."""
    with h5py.File(path, "r") as file:
        table = {name: file[f"sessions/{name}"][:] for name in ("start", "end", "ranks", "threads", "exit_code")}
    used = int(numpy.count_nonzero(table["start"]))
    assert not table["start"][used:].any(), "the rows of /sessions are used in order"
    return [{name: column[i].item() for name, column in table.items()} for i in range(used)]


def wait_for_session(path, number=1):
    """Waits until a job has opened the file and taken its row of /sessions."""

    def begun():
        try:
            return len(sessions(path)) >= number
        except (FileNotFoundError, OSError):
            return False

    wait_until(begun, f"session {number} of {path.name}")


@pytest.fixture
def lab(tmp_path):
    lab = Lab(tmp_path)
    lab.write("study.toml", STUDY)
    yield lab
    lab.close()


@pytest.fixture(scope="session")
def reference(tmp_path_factory):
    """The study, computed undisturbed on one rank and thread, with one task that fails."""
    lab = Lab(tmp_path_factory.mktemp("reference"))
    lab.write("study.toml", STUDY)
    lab.check("run", "study.toml", "-o", "reference.h5", "--threads", 1, "--quiet", fault=THROW, code=TASK_FAILED)
    lab.verify("reference.h5")
    lab.close()
    return lab.path("reference.h5")


@pytest.fixture
def moments(request):
    """Random numbers that depend on the test alone."""
    return random.Random(f"{SEED} {request.node.name}")
