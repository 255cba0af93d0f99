"""Libraries that the system lacks, taken from a folder of sources; and an HDF5 that belongs to another MPI."""

import json
import os
import pathlib
import re
import shutil

import pytest

from conftest import FULL, OUTSIDE, ROOT, configure, run

HEADERS = pathlib.Path("/usr/include")
# Folders as their archives unpack, made from the system's headers. muParser has sources, which no Debian package installs.
SOURCES = {
    "eigen-3.4.0/Eigen": HEADERS / "eigen3" / "Eigen",
    "fmt-9.1.0/include/fmt": HEADERS / "fmt",
    "json-3.11.2/single_include/nlohmann": HEADERS / "nlohmann",
    "random123-1.14.0/include/Random123": HEADERS / "Random123",
    "spectra-1.0.1/include/Spectra": HEADERS / "Spectra",
    "tomlplusplus-3.3.0/include/toml++": HEADERS / "toml++",
    "xxHash-0.8.1/xxhash.h": HEADERS / "xxhash.h",
    "xxHash-0.8.1/xxh3.h": HEADERS / "xxh3.h",
}
HIDDEN = ["-DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON", "-DCMAKE_DISABLE_FIND_PACKAGE_fmt=ON",
          "-DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON", "-DCMAKE_IGNORE_PATH=/usr/include;/usr/include/x86_64-linux-gnu"]
PLAIN = ["-DSIGMAFLOW_TESTS=OFF", "-DSIGMAFLOW_CPU=x86-64-v3", "-DCMAKE_CXX_FLAGS_RELEASE=-O1"]


@pytest.fixture(scope="module")
def sources():
    """In a place that stays the same, for compiler caches."""
    folder = ROOT / "build" / "from-sources" / "sources"
    for name, origin in SOURCES.items():
        if not (folder / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if origin.is_dir() else shutil.copyfile)(origin, folder / name)
    return folder


@pytest.fixture(scope="module")
def from_sources(sources):
    folder = ROOT / "build" / "from-sources" / "build"
    said = configure(ROOT, folder, *PLAIN, *HIDDEN, f"-DSIGMAFLOW_SOURCES={sources}")
    for name in ("eigen", "fmt", "json", "random123", "spectra", "tomlplusplus", "xxhash"):
        assert f"{name} from source: {sources}" in said
    return folder


@pytest.mark.parametrize("name, hiding", [("fmt", "-DCMAKE_DISABLE_FIND_PACKAGE_fmt=ON"),
                                          ("muparser", "-DCMAKE_DISABLE_FIND_PACKAGE_muparser=ON"),
                                          ("tomlplusplus", "-DCMAKE_IGNORE_PATH=/usr/include")])
def test_what_is_missing_is_said_with_the_ways_out(name, hiding, tmp_path):
    message = configure(ROOT, tmp_path, *PLAIN, hiding, code=1)
    assert f"{name} was not found" in message
    for way in ("-DSIGMAFLOW_FETCH=ON", f"-DFETCHCONTENT_SOURCE_DIR_{name.upper()}=FOLDER", "-DSIGMAFLOW_SOURCES=FOLDER"):
        assert way in message


def test_a_folder_that_is_no_source_is_refused(tmp_path):
    (tmp_path / "fmt-9.1.0").mkdir()
    message = configure(ROOT, tmp_path / "build", *PLAIN, f"-DSIGMAFLOW_SOURCES={tmp_path}", code=1)
    assert "is no source of fmt (it lacks include/fmt/format.h)" in message


def test_every_archive_is_pinned():
    text = (ROOT / "cmake" / "dependencies.cmake").read_text()
    urls = dict(re.findall(r"set\((\w+)_url (https://\S+)\)", text))
    hashes = dict(re.findall(r"set\((\w+)_hash ([0-9a-f]{64})\)", text))
    assert len(urls) == 8 and urls.keys() == hashes.keys()
    assert "URL_HASH SHA256=${${name}_hash}" in text


def headers_used(folder, source):
    """The headers that one object was compiled from, by what the compiler noted."""
    run("cmake", "--build", folder, "--target", f"CMakeFiles/sigmaflow.dir/src/{source}.o")
    noted = run("ninja", "-C", folder, "-t", "deps", f"CMakeFiles/sigmaflow.dir/src/{source}.o").split()
    return [os.path.normpath(folder / path) for path in noted]  # a compiler cache notes them relative to the folder


@pytest.mark.parametrize("source, names", [("core/hash.cpp", ["xxHash-0.8.1", "fmt-9.1.0"]),
                                           ("numerics/random.cpp", ["random123-1.14.0"]),
                                           ("distribution/mixture_law.cpp", ["eigen-3.4.0"])])
def test_the_sources_are_what_is_compiled(from_sources, sources, source, names):
    used = headers_used(from_sources, source)
    for name in names:
        assert [path for path in used if path.startswith(f"{sources}/{name}/")], name
    hidden = ("/usr/include/fmt/", "/usr/include/eigen3/", "/usr/include/Random123/", "/usr/include/xxhash.h")
    assert not [path for path in used if path.startswith(hidden)]


@pytest.mark.skipif(not FULL, reason="FULL=1")
def test_a_program_from_sources_computes_the_same(from_sources, sources, build, tmp_path):
    """Whole, installed with the Eigen that it was built with, and used from outside with Eigen hidden."""
    run("cmake", "--build", from_sources, "--target", "sigmaflow_program")
    prefix = tmp_path / "prefix"
    run("cmake", "--install", from_sources, "--prefix", prefix)
    assert (prefix / "include" / "sigmaflow-eigen" / "Eigen" / "Core").is_file()
    study = prefix / "share" / "sigmaflow" / "jobs" / "studies" / "toy-models.toml"
    for program, name in ((prefix / "bin" / "sigmaflow", "ours.h5"), (build / "sigmaflow", "theirs.h5")):
        run(program, "run", study, "-o", tmp_path / name, "--preview", "--quiet")
    run(build / "sigmaflow", "diff", tmp_path / "ours.h5", tmp_path / "theirs.h5", "--rtol", "1e-9")
    configure(OUTSIDE, tmp_path / "outside", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON",
              "-DCMAKE_DISABLE_FIND_PACKAGE_fmt=ON")
    run("cmake", "--build", tmp_path / "outside")
    assert "closed_form" in run(tmp_path / "outside" / "outside")
    commands = json.loads((from_sources / "compile_commands.json").read_text())
    assert not [entry for entry in commands if "/usr/include/eigen3" in entry["command"]]


def fake_library(folder, name, soname, *needs):
    """A shared library without anything in it."""
    run("cc", "-shared", "-o", folder / name, f"-Wl,-soname,{soname}", "-Wl,--no-as-needed", "-x", "c", "/dev/null", "-x", "none",
        *needs)
    return folder / name


@pytest.mark.parametrize("needed, code", [("libmpi.so.40", 0), ("libmpich.so.12", 1)])
def test_hdf5_of_another_mpi_is_refused(needed, code, tmp_path):
    mpi = fake_library(tmp_path, "libmpi.so", "libmpi.so.40")
    other = fake_library(tmp_path, "libother.so", needed)
    hdf5 = fake_library(tmp_path, "libhdf5.so", "libhdf5.so.103", other)
    (tmp_path / "ask.cmake").write_text(f"""
        cmake_minimum_required(VERSION 3.25)
        set(CMAKE_READELF {shutil.which("readelf")})
        set(MPI_C_LIBRARIES {mpi})
        set(HDF5_LIBRARIES {hdf5})
        include({ROOT}/cmake/same_mpi.cmake)
    """)
    message = re.sub(r"\s+", " ", run("cmake", "-P", tmp_path / "ask.cmake", code=code))
    assert ("HDF5 and MPI do not fit" in message and needed in message) == (code == 1)
