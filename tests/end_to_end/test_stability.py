"""`modes`, `branches` and the analyses of the same names: what is printed, what is stored, what is refused."""

import math

import h5py
import numpy
import pytest

from conftest import USAGE, Lab

LAWS = """\
[study]
name = "stability"
seed = 5

[[distribution]]
name = "pair"
kind = "two_deltas"
dim = 1
weight = [0.5, 0.6]

[[distribution]]
name = "triangle"
kind = "simplex"
dim = 2
radius = 1.0

[[distribution]]
name = "shell"
kind = "ellipsoid_shell"
dim = 3

[[analysis]]
name = "diagram"
kind = "branches"
branches = 8
points = 20

[[analysis]]
name = "levels"
kind = "modes"
sigma_min = 0.2
sigma_max = 2.0
levels = 3
capacity = 5
"""
FOLD = 0.8187818121894962  # of weight 0.6, tests/data/two_gaussian_folds.csv
WINDOW = (0.7071067811865475, 0.7391346294297548)


@pytest.fixture(scope="module")
def laws(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("stability"))
    lab.write("study.toml", LAWS)
    yield lab
    lab.close()


def test_modes_of_a_triangle_inside_its_window(laws):
    seen = laws.json("modes", "study.toml", "--distribution", "triangle", "--sigma", 0.72)
    assert list(seen) == ["sigma", "modes", "euler_sum", "complete", "stationary_points"]
    assert (seen["modes"], seen["euler_sum"], seen["complete"]) == (4, 1, True)
    points = seen["stationary_points"]
    assert [point["index"] for point in points] == [0] * 4 + [1] * 3
    for point in points:
        assert list(point) == ["x", "index", "jacobian_eigenvalues", "log_density", "residual", "zero_directions", "family"]
        assert point["residual"] < 1e-14 and point["zero_directions"] == [] and point["family"] is False
        there = laws.json("eval", "study.toml", "--distribution", "triangle", "--sigma", 0.72,
                          "--at=" + ",".join(map(repr, point["x"])))
        assert there["jacobian_eigenvalues"] == pytest.approx(point["jacobian_eigenvalues"], abs=1e-13)
        assert there["log_density"] == pytest.approx(point["log_density"], abs=1e-13)
        assert numpy.allclose(there["mean"], point["x"], atol=1e-14)


def test_a_sphere_of_modes_tells_its_zero_directions(laws):
    seen = laws.json("modes", "study.toml", "--distribution", "shell", "--sigma", 0.3)
    family, centre = seen["stationary_points"]
    assert seen["complete"] and seen["euler_sum"] == 1
    assert family["family"] and len(family["zero_directions"]) == 2
    assert abs(numpy.array(family["zero_directions"]) @ family["x"]).max() < 1e-9
    assert (centre["index"], centre["x"]) == (3, pytest.approx([0.0] * 3, abs=1e-12))


def test_softest_eigenvalues_are_the_least_of_all(laws):
    words = ["modes", "study.toml", "--distribution", "triangle", "--sigma", 0.5]
    dense = laws.json(*words)["stationary_points"]
    sparse = laws.json(*words, "--softest", 1, "--starts", 20)
    assert sparse["complete"] is False and "20 draws" in sparse["doubt"] and sparse["euler_sum"] is None
    assert [point["index"] for point in sparse["stationary_points"]] == [0, 0, 0, 1, 1, 1]
    for point in sparse["stationary_points"]:
        near, = [other for other in dense if numpy.allclose(other["x"], point["x"], atol=1e-9)]
        assert point["jacobian_eigenvalues"] == pytest.approx(near["jacobian_eigenvalues"][:1], abs=1e-9)


def test_branches_of_a_triangle(laws):
    seen = laws.json("branches", "study.toml", "--distribution", "triangle")
    assert list(seen) == ["complete", "stretches", "special_points", "branches"]
    assert seen["complete"]
    assert [s["kind"] for s in seen["special_points"]] == ["fold"] * 3 + ["multiple"]
    assert [s["sigma"] for s in seen["special_points"]] == pytest.approx([WINDOW[1]] * 3 + [WINDOW[0]], rel=1e-9)
    assert [s["modes"] for s in seen["stretches"]] == [3, 4, 1]
    for special in seen["special_points"]:
        assert list(special) == ["sigma", "x", "kind", "null_space", "residual", "bracket", "converged"]
        assert special["converged"] and special["residual"] < 1e-11
        assert special["bracket"][0] <= special["sigma"] * (1 + 1e-4) and special["sigma"] <= special["bracket"][1] * (1 + 1e-4)
    for branch in seen["branches"]:
        low, high = branch["special_points"]
        sigma = branch["sigma"]
        assert sigma == sorted(sigma) and len(branch["x"]) == len(sigma)
        for end, reason in zip((low, high), branch["ended_because"], strict=True):
            assert reason == (seen["special_points"][end]["kind"] if end is not None else reason)
            assert reason != "lost"
    assert sum(branch["ended_because"][0] == "sigma_min" for branch in seen["branches"]) == 7


def test_ends_of_the_range_are_given(laws):
    seen = laws.json("branches", "study.toml", "--distribution", "triangle", "--sigma-min", 0.72, "--sigma-max", 0.73)
    assert seen["special_points"] == [] and len(seen["branches"]) == 7
    for branch in seen["branches"]:
        assert branch["ended_because"] == ["sigma_min", "sigma_max"]
        assert branch["sigma"][0] == pytest.approx(0.72) and branch["sigma"][-1] == pytest.approx(0.73)


@pytest.mark.parametrize("words, message", [
    (["modes", "study.toml", "--distribution", "triangle"], "--sigma"),
    (["modes", "study.toml", "--distribution", "triangle", "--sigma", 0], "p_sigma is the data law there"),
    (["modes", "study.toml", "--distribution", "pair", "--sigma", 1], "distribution.pair.weight"),
    (["modes", "study.toml", "--distribution", "square", "--sigma", 1], "square"),
    (["modes", "study.toml", "--distribution", "triangle", "--sigma", 1, "--softest", 2], "leave it out"),
    (["modes", "study.toml", "--distribution", "shell", "--set", "distribution.shell.dim=600", "--sigma", 1], "--softest 8"),
    (["branches", "study.toml", "--distribution", "triangle", "--sigma-min", 2, "--sigma-max", 1], "higher to lower"),
    (["branches", "study.toml", "--distribution", "triangle", "--sigma-min", 0], "higher to lower"),
])
def test_bad_questions_are_refused(laws, words, message):
    refused = laws.check(*words, code=USAGE)
    assert message in refused.err and refused.out == ""


def test_stored_diagrams_are_those_of_the_command(laws):
    laws.check("run", "study.toml", "-o", "out.h5", "--quiet")
    laws.verify("out.h5")
    laws.check("run", "study.toml", "-o", "three.h5", "--quiet", ranks=3)
    laws.assert_same("out.h5", "three.h5")
    with h5py.File(laws.path("out.h5")) as file:
        results = file["results"]
        pairs = results["branches_dim1"]
        assert pairs["special_sigma"][:, 0, 0] == pytest.approx([1.0, FOLD], rel=1e-10)
        assert list(pairs["special_kind"][:, 0, 0]) == [1, 0]
        assert list(pairs["branch_count"][:, 0]) == [4, 3]
        triangle = results["branches_dim2"]
        assert triangle["branch_count"][0, 0] == 11 and triangle["special_count"][0, 0] == 4
        assert (triangle["branch_index"][0, 0] >= 0).all()  # 8 of 11 are stored
        assert numpy.isnan(triangle["special_sigma"][0, 0, 4:]).all()
        seen = laws.json("branches", "study.toml", "--distribution", "triangle")
        for i, branch in enumerate(seen["branches"][:8]):
            low, high = branch["special_points"]
            assert triangle["branch_low"][0, 0, i] == (-1 if low is None else low)
            assert triangle["branch_high"][0, 0, i] == (-1 if high is None else high)
            sigma = triangle["branch_sigma"][0, 0, i]
            used = sigma[~numpy.isnan(sigma)]
            assert (numpy.diff(used) <= 0).all()
            assert [used[-1], used[0]] == pytest.approx(branch["sigma_range"], rel=1e-12)
        modes = results["modes_dim2"]
        assert list(modes["count"][0]) == [1, 7, 7] and list(modes["modes"][0]) == [1, 3, 3]
        assert (modes["euler_sum"][:] == 1).all() and (modes["complete"][:] == 1).all()
        assert list(modes["index"][0, 2]) == [0, 0, 0, 1, 1]  # 5 of 7 are stored
        assert list(results["modes_dim3"]["zero_directions"][0, 2]) == [2, 0, -1, -1, -1]
        # A mode of the shell: r = R A_3(kappa), A_3 = coth kappa - 1/kappa.
        r = math.hypot(*results["modes_dim3"]["x"][0, 2, 0])
        kappa = r / 0.2**2
        assert r == pytest.approx(1 / math.tanh(kappa) - 1 / kappa, abs=1e-12)
