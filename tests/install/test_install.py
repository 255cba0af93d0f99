"""cmake --install, and a program of somebody else that is built against the installed tree alone."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from conftest import FULL, OUTSIDE, ROOT, cached, configure, run

CLOSED_FORM = 1e-13  # relative; the numbers are sums of a few terms of order one
BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}


def numbers(output):
    return dict(line.split() for line in output.splitlines())


@pytest.fixture(scope="module")
def project(prefix):
    """The programs of somebody else, configured afresh; EVERY keeps the headers few unless FULL."""
    folder = ROOT / "build" / "outside"
    shutil.rmtree(folder, ignore_errors=True)
    configure(OUTSIDE, folder, f"-DCMAKE_PREFIX_PATH={prefix}", f"-DHEADERS={prefix / 'include'}", f"-DEVERY={1 if FULL else 24}",
              "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache" if shutil.which("ccache") else "-DNO_CCACHE=ON")
    return folder


def built(folder, target):
    run("cmake", "--build", folder, "--target", target)
    return folder / target


def test_the_program_works_from_its_place(prefix, tmp_path):
    program = prefix / "bin" / "sigmaflow"
    studies = prefix / "share" / "sigmaflow" / "jobs" / "studies"
    run(program, "run", studies / "toy-models.toml", "-o", tmp_path / "toy.h5", "--preview", "--quiet", "--threads", 1, env=BARE)
    assert ", 0 problems" in run(program, "verify", tmp_path / "toy.h5", env=BARE)


def test_the_program_finds_its_libraries_by_itself(build, prefix):
    """Those of a site lie outside the loader's path; Debian's HDF5 as well, but for a link."""
    runpath = re.search(r"\(RU?N?PATH\).*\[(.*)\]", run("readelf", "-d", prefix / "bin" / "sigmaflow"))[1].split(":")
    assert os.path.dirname(cached(build, "HDF5_C_LIBRARY_hdf5")) in runpath
    assert not [folder for folder in runpath if str(build) in folder]


def test_the_python_package_works_from_its_place(prefix):
    environment = {**BARE, "PYTHONPATH": str(prefix / "share" / "sigmaflow" / "python"), "PYTHONDONTWRITEBYTECODE": "1"}
    run(sys.executable, "-c", "import sigmaflow_analysis, sys; assert sys.argv[1] in sigmaflow_analysis.__file__", prefix,
        env=environment)


def test_what_is_installed(prefix):
    assert (prefix / "share" / "doc" / "sigmaflow" / "study-format.md").is_file()
    assert not (prefix / "include" / "sigmaflow" / "cli").exists()
    jobs = prefix / "share" / "sigmaflow" / "jobs"
    assert not [name for name in ("setup", "quickstart", "packaging") if (jobs / name).exists()]
    for script in [path for path in jobs.rglob("*") if path.is_file() and path.read_bytes().startswith(b"#!")]:
        assert os.access(script, os.X_OK), script


def test_nothing_names_the_source_or_the_build(build, prefix):
    source = cached(build, "CMAKE_HOME_DIRECTORY")
    for path in [*prefix.rglob("*.cmake"), *prefix.rglob("*.hpp"), *prefix.rglob("*.py")]:
        text = path.read_text()
        assert source not in text and str(build) not in text, path


def test_only_the_interface_is_exported(prefix):
    """Of how the library is compiled an outside program gets what decides sizes of structs, and nothing else."""
    text = "".join(path.read_text() for path in prefix.rglob("sigmaflowTargets*.cmake"))
    definitions = re.search(r'INTERFACE_COMPILE_DEFINITIONS "(.*)"', text)[1].split(";")
    assert {"EIGEN_MAX_ALIGN_BYTES=64", "EIGEN_MAX_STATIC_ALIGN_BYTES=64", "EIGEN_DONT_PARALLELIZE"} <= set(definitions)
    assert re.findall(r'INTERFACE_COMPILE_OPTIONS "(.*)"', text) in (["-march=" + word] for word in ("native", "x86-64-v3"))
    assert not re.search(r"-Werror|-Wall|-fsanitize|-fopenmp", text)


def test_an_outside_program_finds_the_closed_form(project):
    """Compiled for any x86-64, while the library is compiled for this one: the sizes of structs must agree."""
    found = numbers(run(built(project, "outside")))
    print(f"[claim] outside-closed-form {found['closed_form']}")
    assert float(found["closed_form"]) <= CLOSED_FORM


def test_with_the_flags_of_the_library_the_bits_are_those_of_the_program(prefix, project, tmp_path):
    found = numbers(run(built(project, "same_cpu")))
    (tmp_path / "study.toml").write_text("""
        [study]
        particles = 1
        [[distribution]]
        name = "two"
        kind = "two_deltas"
        dim = 1
        radius = 1.5
        width = 0.25
        [[schedule]]
        kind = "edm"
        [[solver]]
        kind = "euler"
    """)
    out = subprocess.run([prefix / "bin" / "sigmaflow", "eval", tmp_path / "study.toml", "--distribution", "two", "--sigma",
                          "0.75", "--at", "0.4"], check=True, capture_output=True, text=True, env=BARE)
    said = json.loads(out.stdout)
    ours = [said["mean"][0], said["covariance"][0][0], said["log_density"]]
    assert [float(found[name]) for name in ("mean", "covariance", "log_density")] == ours


def test_the_whole_library_links(project):
    """Also what the program above does not call: HDF5, Boost, muParser, OpenMP."""
    run(built(project, "whole"))


@pytest.mark.skipif(not FULL, reason="FULL=1")
def test_another_compiler_uses_the_library(prefix, tmp_path):
    configure(OUTSIDE, tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_C_COMPILER=clang", "-DCMAKE_CXX_COMPILER=clang++")
    found = numbers(run(built(tmp_path, "outside")))
    assert float(found["closed_form"]) <= CLOSED_FORM


def test_every_header_stands_by_itself(project):
    run("cmake", "--build", project, "--target", "headers")


def test_a_project_without_c_is_told(prefix, tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(mine LANGUAGES CXX)\nfind_package(sigmaflow REQUIRED)\n")
    message = configure(tmp_path, tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}", code=1)
    assert "project(mine LANGUAGES C CXX)" in message


def test_another_mpi_is_refused(prefix, tmp_path):
    """The installed package remembers its MPI: here the caller insists on another one."""
    config = next(prefix.rglob("sigmaflowConfig.cmake"))
    changed = tmp_path / "changed"
    run("cp", "-a", prefix, changed)
    copy = changed / config.relative_to(prefix)
    text = copy.read_text()
    copy.write_text(re.sub(r'sigmaflow_same\(MPI "[^"]*"', 'sigmaflow_same(MPI "/opt/site/lib/libmpi.so"', text))
    message = configure(OUTSIDE, tmp_path / "build", f"-DCMAKE_PREFIX_PATH={changed}", code=1)
    assert "built with another MPI (/opt/site/lib/libmpi.so; found is" in message


def test_other_versions_are_refused(prefix, tmp_path):
    for version, code in (("0.0", 1), ("0.1", 0), ("0.2", 1), ("1.0", 1)):
        folder = tmp_path / version
        folder.mkdir()
        (folder / "CMakeLists.txt").write_text(
            f"cmake_minimum_required(VERSION 3.25)\nproject(mine LANGUAGES C CXX)\nfind_package(sigmaflow {version} REQUIRED)\n")
        configure(folder, folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}", code=code)
