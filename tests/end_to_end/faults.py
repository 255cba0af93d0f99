"""Faults on demand: a small disk, a file system whose calls fail, a folder that cannot be written to."""

import contextlib
import os
import pathlib
import subprocess

import pytest

SUPPORT = pathlib.Path(__file__).resolve().parents[1] / "support"


def without_privileges():
    """The words that make a command run as nobody, for whom mode bits matter; skips the test where that cannot be."""
    words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    if os.geteuid() != 0:
        return []  # they matter already
    if subprocess.run([*words, "true"], capture_output=True).returncode != 0:
        pytest.skip("setpriv cannot change the user here")
    return words


@contextlib.contextmanager
def disk(folder, kilobytes):
    """A file system of its own of that size."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"file systems cannot be mounted here ({mounted.stderr.decode().strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


def remount(folder, options):
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


def fill(folder):
    """Another program that takes all the space that is left; returns its file."""
    path = folder / "filler"
    with open(path, "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(1 << 12))
    return path


def faulty_io(folder):
    """The library that makes calls fail, built in `folder`: see tests/support/faulty_io.c."""
    library = folder / "libfaulty_io.so"
    if not library.exists():
        source = SUPPORT / "faulty_io.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def failing(library, plan, file, places=None):
    """The environment in which calls fail as `plan` says, in a range of places if one is given."""
    out = {"LD_PRELOAD": str(library), "FAULTY_IO": plan, "FAULTY_IO_FILE": file}
    return out if places is None else {**out, "FAULTY_IO_RANGE": f"{places[0]}-{places[1]}"}
