"""A real SLURM of two nodes on this machine, in a folder of its own, without systemd and cgroups.

One slurmctld, two slurmd with two processors each ("n1" and "n2", both at 127.0.0.1) and a munged with its own key and
socket. Ports are free ones, so that several clusters, or a true one, do not meet. Needs root, as slurmd does.
"""

import ctypes
import getpass
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

CONFIGURATION = """\
ClusterName=sigmaflowtest
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
# A requeued job waits until its old credentials have expired: the least that SLURM takes.
AuthInfo=socket={folder}/munge/socket,cred_expire=5
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
SwitchType=switch/none
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
KillWait=20
MinJobAge=3600
SchedulerParameters=sched_interval=2,bf_interval=2
JobRequeue=1
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2 RealMemory=2000 State=UNKNOWN
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[3]} CPUs=2 RealMemory=2000 State=UNKNOWN
PartitionName=debug Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
"""

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)  # before any fork

PROGRAMS = ["slurmctld", "slurmd", "munged", "sbatch", "srun", "squeue", "scontrol", "scancel", "mpirun"]


def obstacle():
    """Why there can be no cluster here; an empty text if there can."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    missing = [program for program in PROGRAMS if not shutil.which(program, path=path)]
    if missing:
        return f"{', '.join(missing)} not found; jobs/setup slurm installs them"
    return "" if os.geteuid() == 0 else "slurmd needs root"


def end_with_parent():
    """In a child before exec: a daemon does not outlive a test run that was killed and could not stop it."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_ports(count):
    """Ports that nobody listens on; all are held until all are known."""
    sockets = [socket.create_server(("", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_until(condition, what, seconds=60.0):
    """The first true value of condition(); AssertionError with `what` when it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


class Cluster:
    """Up from `start` to `stop`, whatever happens in between."""

    def __init__(self):
        # Short: sockets have names of at most 107 characters, and Open MPI puts its own below this folder.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sfslurm"))
        self.daemons = []
        self.environment = dict(os.environ)
        self.environment["PATH"] += ":/usr/sbin:/sbin"
        for name in [name for name in self.environment if name.startswith(("SLURM", "SBATCH", "OMP_", "SIGMAFLOW"))]:
            del self.environment[name]
        self.environment.update(SLURM_CONF=str(self.folder / "slurm.conf"), TMPDIR=str(self.folder))

    def start(self):
        for name in ("munge", "state"):
            (self.folder / name).mkdir(mode=0o755)
        self.folder.chmod(0o755)  # munged wants its socket reachable by all
        host = socket.gethostname().split(".")[0]
        (self.folder / "slurm.conf").write_text(
            CONFIGURATION.format(host=host, ports=free_ports(4), user=getpass.getuser(), folder=self.folder)
        )
        self._start_munge()
        self._start_daemon("slurmctld", "-D", "-c")
        for node in ("n1", "n2"):
            self._start_daemon("slurmd", "-D", "-N", node)
        wait_until(lambda: self._idle_nodes() == 2, "two idle nodes")

    def _start_munge(self):
        munge = self.folder / "munge"
        key = munge / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o600)
        self._start_daemon(
            "munged", "--foreground", "--force", f"--key-file={key}", f"--socket={munge}/socket",
            f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed", "--num-threads=2",
        )  # fmt: skip
        wait_until(lambda: (munge / "socket").exists(), "munged")

    def _start_daemon(self, name, *words):
        with open(self.folder / f"{name}{len(self.daemons)}.out", "wb") as out:
            process = subprocess.Popen(
                [name, *words],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                preexec_fn=end_with_parent,
            )
        self.daemons.append(process)

    def _idle_nodes(self):
        done = self.command("sinfo", "-h", "-N", "-o", "%T", check=False)
        return done.stdout.split().count("idle")

    def command(self, *words, check=True, env=None, cwd=None, timeout=60):
        """Runs a command of SLURM's, or any other, as a user of the cluster."""
        done = subprocess.run(
            list(map(str, words)),
            env={**self.environment, **(env or {})},
            cwd=cwd or self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if check:
            assert done.returncode == 0, f"{words} -> {done.returncode}\n{done.stdout}\n{done.stderr}\n{self.logs()}"
        return done

    def job(self, number):
        """What SLURM knows of a job, an array task or a whole array (then of its first line)."""
        text = self.command("scontrol", "show", "job", "-o", number).stdout
        return dict(re.findall(r"(\w+)=(\S*)", text.splitlines()[0]))

    def states(self, number):
        """The states of a job or of all tasks of an array."""
        text = self.command("scontrol", "show", "job", "-o", number).stdout
        return re.findall(r"JobState=(\S+)", text)

    def wait_for(self, number, seconds=240.0):
        """Waits until a job (or each task of an array) has ended for good; returns the description of the job."""
        over = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"}
        wait_until(lambda: set(self.states(number)) <= over, f"the end of job {number}", seconds)
        return self.job(number)

    def logs(self):
        """The ends of the daemons' logs, for a person who has to find out what went wrong."""
        out = []
        for log in sorted(self.folder.glob("*.log")):
            out += [f"== {log.name}", *log.read_text(errors="replace").splitlines()[-15:]]
        return "\n".join(out)

    def stop(self):
        """Cancels what still runs, ends every daemon and its steps, removes the folder."""
        if self.daemons:
            self.command("scancel", "--user", getpass.getuser(), check=False)
            try:
                wait_until(lambda: not self.command("squeue", "-h", check=False).stdout.strip(), "the last jobs", 30.0)
            except AssertionError:
                pass
        for process in reversed(self.daemons):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self.daemons):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pid in self.leftovers():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.folder, ignore_errors=True)

    def leftovers(self):
        """Processes that carry this cluster's configuration in their environment: steps, batch scripts, their children."""
        mark = f"SLURM_CONF={self.folder}/".encode()
        out = []
        for entry in pathlib.Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in entry.read_bytes() and int(entry.parent.name) != os.getpid():
                    out.append(int(entry.parent.name))
            except OSError:
                pass
        return out
