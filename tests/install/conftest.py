"""The build that is installed: the folder of the program that SIGMAFLOW names."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUTSIDE = ROOT / "tests" / "install" / "outside"
FULL = os.environ.get("FULL", "") not in ("", "0")


def run(*command, code=0, **how):
    """Output and messages of a command that has to end with `code`."""
    words = [str(word) for word in command]
    how.setdefault("timeout", 1800)
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)
    assert done.returncode == code, f"{' '.join(words)}: exit code {done.returncode}, not {code}\n{done.stdout[-8000:]}"
    return done.stdout


def cached(folder, name):
    """A variable of a configured build, or empty."""
    found = re.search(rf"^{name}:\w+=(.*)$", (folder / "CMakeCache.txt").read_text(), re.MULTILINE)
    return found[1] if found else ""


def configure(source, folder, *options, code=0):
    """Configures into `folder` and returns the messages on one line."""
    out = run("cmake", "-S", source, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", *options, code=code)
    return re.sub(r"\s+", " ", out)


@pytest.fixture(scope="session")
def build():
    named = os.environ.get("SIGMAFLOW") or shutil.which("sigmaflow")
    folder = pathlib.Path(named or "").resolve().parent
    if not (folder / "CMakeCache.txt").is_file():
        pytest.exit("SIGMAFLOW does not name a program in its build folder", returncode=2)
    return folder


@pytest.fixture(scope="session")
def prefix(build):
    """Installed, and moved to where nobody said that it would be. The place stays the same, for compiler caches."""
    first, moved = ROOT / "build" / "first", ROOT / "build" / "installed"
    for folder in (first, moved):
        shutil.rmtree(folder, ignore_errors=True)
    run("cmake", "--install", build, "--prefix", first)
    first.rename(moved)
    return moved
