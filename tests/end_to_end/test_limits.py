"""Studies that do not fit into the machine are refused before anything is there."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from conftest import DONE, USAGE, program

BIG = """\
[study]
name = "big"
particles = 65536
block = 32768
[[distribution]]
kind = "gaussian"
dim = 64
[[schedule]]
kind = "edm"
steps = 400
[[solver]]
kind = "euler"
[observe]
levels = 400
quantities = ["positions"]
keep_particles = 0
"""


def in_bytes(text):
    number, unit = re.search(r"([\d.]+) (kB|MB|GB)", text).groups()
    return float(number) * {"kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]


def memory_available():
    with open("/proc/meminfo") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith("MemAvailable"))


def too_many_levels():
    """So many that the positions of one block take more than the memory there is."""
    return ["--set", f"observe.levels={memory_available() // (64 * 32768 * 8) + 50}"]


@pytest.mark.parametrize("ranks", [None, 3])
def test_too_much_memory(lab, ranks):
    lab.write("big.toml", BIG)
    before = memory_available()
    job = lab.run("run", "big.toml", "-o", "big.h5", "--threads", 1, *too_many_levels(), ranks=ranks)
    assert job.code == USAGE, job.err
    assert job.err.count("does not fit") == 1 and f"each of {ranks or 1} rank" in job.err
    needed, left = (in_bytes(part) for part in job.err.split("of a node, which has"))
    assert needed > 0.99 * before
    assert left == pytest.approx(before, rel=0.2)
    assert not lab.path("big.h5").exists() and not lab.path("big.h5.lock").exists()


def test_the_plan_tells_beforehand(lab):
    lab.write("big.toml", BIG)
    (limit,) = lab.json("plan", "big.toml", *too_many_levels(), "--json")["exceeded_limits"]
    assert "memory" in limit
    assert "does not fit here" in lab.check("plan", "big.toml", *too_many_levels()).out
    assert lab.json("plan", "study.toml", "--json")["exceeded_limits"] == []


def test_too_large_a_file(lab):
    lab.write("big.toml", BIG)
    per_particle = 400 * 2000 * 8
    kept = shutil.disk_usage(lab.folder).free // per_particle + 1000
    words = ["--set", "distribution.gaussian.dim=2000", "--set", f"study.particles={kept}", "--set", "study.block=32",
             "--set", f"observe.keep_particles={kept}"]  # fmt: skip
    job = lab.run("run", "big.toml", "-o", "big.h5", "--threads", 1, *words)
    assert job.code == USAGE, job.err
    needed, left = (in_bytes(part) for part in job.err.split("and the disk has"))
    assert needed > kept * per_particle
    assert left == pytest.approx(shutil.disk_usage(lab.folder).free, rel=0.1)
    assert not lab.path("big.h5").exists()


def test_a_limit_of_the_process_counts(lab):
    """ulimit -v, as some clusters set it."""
    lab.write("big.toml", BIG)
    done = subprocess.run(["bash", "-c", f"ulimit -v 1500000; exec {program()} plan big.toml --json"], cwd=lab.folder,
                          env=lab.environment("", {}), capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == DONE, done.stderr
    (limit,) = json.loads(done.stdout)["exceeded_limits"]
    assert "memory" in limit and in_bytes(limit.split("which has")[1]) <= 1.5e9


def test_the_forecast_can_be_overruled(lab):
    lab.write("big.toml", BIG.replace("32768", "512"))
    words = ["--set", "study.particles=512", "--set", "schedule.edm.steps=4", "--set", "observe.levels=2"]
    lab.check("run", "big.toml", "-o", "big.h5", "--threads", 1, "--ignore-limits", *words)


@pytest.mark.parametrize("threads, block", [(1, 4096), (2, 8192)])
def test_the_forecast_of_memory_is_honest(lab, threads, block):
    """Against what a run takes on top of one that does next to nothing."""
    lab.write("big.toml", BIG.replace("32768", str(block)).replace("65536", str(4 * block)))
    measure = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True)\n"
        "print(1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )

    def peak(*words):
        command = [sys.executable, "-c", measure, program(), "run", "big.toml", "--quiet", "--threads", str(threads),
                   *words]  # fmt: skip
        done = subprocess.run(command, cwd=lab.folder, env=lab.environment("", {}), capture_output=True, text=True,
                              timeout=100, check=True)  # fmt: skip
        return int(done.stdout)

    settings = ["--set", "schedule.edm.steps=40", "--set", "observe.levels=40"]
    forecast = lab.json("plan", "big.toml", "--threads", threads, *settings, "--json")["memory_bytes_per_rank"]
    idle = peak("-o", "idle.h5", "--set", "study.particles=32", "--set", "study.block=32", *settings)
    used = peak("-o", "out.h5", *settings) - idle
    print(f"[claim] memory-forecast-{threads}-threads {forecast / used:.3f}")
    assert 0.8 * used < forecast < 2.5 * used
