"""The recipe of sigmaflow for Spack 1.0 and later; docs/clusters.md says how to use it."""

import pathlib

from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class Sigmaflow(CMakePackage):
    """Studies of how diffusion models generate, on data distributions whose denoiser is known exactly: MPI, OpenMP and one
    parallel HDF5 file that resumes to the same bits."""

    # The checkout that this recipe stands in is what is built.
    git = pathlib.Path(__file__).resolve().parents[6].as_uri()

    license("MIT")

    version("main", branch="main")

    variant("analysis", default=True, description="What the Python package sigmaflow_analysis needs")
    variant("cpu", default="target", description="-march of the library; target: what Spack compiles for")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")

    depends_on("mpi@3:")
    depends_on("hdf5@1.10: +mpi +hl")
    depends_on("boost@1.74: +program_options")
    depends_on("eigen@3.4.0")
    depends_on("fmt@9:11")
    depends_on("muparser@2.3:")

    # Header-only and mentioned by no public header.
    depends_on("nlohmann-json@3.11:", type="build")
    depends_on("tomlplusplus@3.3:", type="build")
    depends_on("random123@1.14:", type="build")
    depends_on("spectra@1.0:", type="build")
    depends_on("xxhash@0.8:", type="build")

    with when("+analysis"):
        depends_on("python@3.11:", type="run")
        depends_on("py-numpy", type="run")
        depends_on("py-h5py", type="run")
        depends_on("py-xarray", type="run")
        depends_on("py-h5netcdf", type="run")
        depends_on("py-dask", type="run")
        depends_on("py-pandas", type="run")
        depends_on("py-matplotlib", type="run")
        depends_on("py-scikit-learn", type="run")

    conflicts("%gcc@:11", msg="sigmaflow needs the C++20 of gcc 12 or later")
    conflicts("%clang@:13", msg="sigmaflow needs the C++20 of clang 14 or later")

    def cmake_args(self):
        cpu = self.spec.variants["cpu"].value
        return [
            self.define("SIGMAFLOW_TESTS", False),
            self.define("SIGMAFLOW_FETCH", False),
            self.define("SIGMAFLOW_CPU", "" if cpu == "target" else cpu),
            self.define("MPI_C_COMPILER", self.spec["mpi"].mpicc),
        ]

    def setup_run_environment(self, env):
        env.prepend_path("PYTHONPATH", self.prefix.share.sigmaflow.python)

    @run_after("install")
    def check_install(self):
        program = Executable(self.prefix.bin.sigmaflow)
        program("list", "distributions", output=str)
        program("plan", join_path(self.prefix.share.sigmaflow.jobs.studies, "toy-models.toml"), output=str)
