"""The Spack recipe and the Apptainer definition against the build they describe: what can be checked without either."""

import importlib.util
import re
import subprocess
import sys
import types

from conftest import ROOT

PACKAGING = ROOT / "jobs" / "packaging"
RECIPE = PACKAGING / "spack_repo" / "sigmaflow" / "packages" / "sigmaflow" / "package.py"
# find_package and find_header of cmake/dependencies.cmake, by Spack's and Debian's names.
SPACK = {"MPI": "mpi", "HDF5": "hdf5", "Boost": "boost", "Eigen3": "eigen", "fmt": "fmt", "nlohmann_json": "nlohmann-json",
         "muparser": "muparser", "tomlplusplus": "tomlplusplus", "spectra": "spectra", "random123": "random123",
         "xxhash": "xxhash"}


class Directives:
    """spack.package for as long as the recipe is read: directives are noted with their arguments."""

    def __init__(self):
        self.called = []

    def module(self):
        module = types.ModuleType("spack.package")
        for name in ("license", "version", "variant", "depends_on", "conflicts", "maintainers"):
            setattr(module, name, lambda *words, _name=name, **named: self.called.append((_name, words, named)))
        module.when = lambda spec: Nothing()
        module.run_after = lambda phase: lambda method: method
        module.Executable = module.join_path = None
        return module

    def of(self, name):
        return [words[0] for called, words, _ in self.called if called == name]


class Nothing:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class CMakePackage:
    def define(self, name, value):
        return (name, value)


def recipe():
    directives = Directives()
    cmake = types.ModuleType("spack_repo.builtin.build_systems.cmake")
    cmake.CMakePackage = CMakePackage
    names = {"spack": types.ModuleType("spack"), "spack.package": directives.module(), cmake.__name__: cmake}
    for name in ("spack_repo", "spack_repo.builtin", "spack_repo.builtin.build_systems"):
        names[name] = types.ModuleType(name)
    before = dict(sys.modules)
    sys.modules.update(names)
    try:
        spec = importlib.util.spec_from_file_location("recipe", RECIPE)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update({name: before[name] for name in names if name in before})
    return module.Sigmaflow, directives


def wanted_by_cmake():
    text = (ROOT / "cmake" / "dependencies.cmake").read_text()
    names = re.findall(r"^ *find_package\((\w+)", text, re.MULTILINE) + re.findall(r"^find_header\((\w+)", text, re.MULTILINE)
    return set(names) - {"OpenMP"}  # comes with the compiler


def test_the_recipe_depends_on_what_cmake_looks_for():
    _, directives = recipe()
    assert wanted_by_cmake() == SPACK.keys()
    needed = {re.split(r"[@+ ]", spec)[0] for spec in directives.of("depends_on")}
    assert set(SPACK.values()) | {"cmake", "cxx", "c"} <= needed


def test_the_recipe_asks_for_the_cmake_of_the_build():
    _, directives = recipe()
    least = re.search(r"cmake_minimum_required\(VERSION ([\d.]+)\)", (ROOT / "CMakeLists.txt").read_text())[1]
    assert f"cmake@{least}:" in directives.of("depends_on")


def test_the_recipe_sets_options_that_exist(build):
    package, directives = recipe()
    ours = package.__new__(package)
    value = types.SimpleNamespace(value="target")
    ours.spec = type("Spec", (dict,), {})({"mpi": types.SimpleNamespace(mpicc="/site/mpicc")})
    ours.spec.variants = {name: value for name in directives.of("variant")}
    options = dict(ours.cmake_args())
    assert options["MPI_C_COMPILER"] == "/site/mpicc" and options["SIGMAFLOW_CPU"] == ""
    for name in options:
        assert f"\n{name}:" in (build / "CMakeCache.txt").read_text(), name


def test_the_recipe_builds_the_checkout_it_stands_in():
    package, _ = recipe()
    assert package.git == ROOT.as_uri()


def definition():
    text = (PACKAGING / "sigmaflow.def").read_text()
    parts = re.split(r"^%(\w+).*\n", text, flags=re.MULTILINE)
    return parts[0], dict(zip(parts[1::2], parts[2::2]))


def test_the_definition_has_its_parts_and_its_scripts_parse():
    header, sections = definition()
    assert header.startswith("Bootstrap: docker\nFrom: debian:bookworm")
    assert sections.keys() == {"arguments", "files", "post", "environment", "runscript", "test"}
    defaults = dict(re.findall(r"^ *(\w+)=(\S*)$", sections["arguments"], re.MULTILINE))
    assert set(re.findall(r"{{ (\w+) }}", "".join(sections.values()))) == defaults.keys()
    for name in ("post", "environment", "runscript", "test"):
        subprocess.run(["dash", "-n"], input=re.sub(r"{{ (\w+) }}", lambda m: defaults[m[1]], sections[name]), text=True, check=True)


def test_the_definition_installs_what_setup_installs():
    setup = (ROOT / "jobs" / "setup").read_text()
    packages = re.search(r"^packages=\((.*?)\)", setup, re.DOTALL | re.MULTILINE)[1].split()
    post = definition()[1]["post"]
    words = set(re.findall(r"[\w.+-]+", post))
    assert set(packages) - words == {"ccache", "pkg-config"}  # conveniences of a checkout


def test_the_definition_sets_options_that_exist(build):
    text = definition()[1]["post"]
    for name in re.findall(r"-D(SIGMAFLOW_\w+|MPI_C_COMPILER|HDF5_C_COMPILER_EXECUTABLE)=", text):
        assert f"\n{name}:" in (build / "CMakeCache.txt").read_text(), name
