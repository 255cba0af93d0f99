"""`eval --order K --direction V`: cumulants against closed forms, and the Taylor series of the denoiser they make."""

import math

import numpy
import pytest
from conftest import USAGE

LAWS = """
[[distribution]]
name = "shell"
kind = "ellipsoid_shell"
axes = [1.0, 0.5]

[[distribution]]
name = "round"
kind = "ellipsoid_shell"
dim = 2

[[distribution]]
name = "cloud"
kind = "points"
values = [[0.0, 1.0], [1.0, 0.5], [-0.5, -0.25]]

[[distribution]]
name = "blobs"
kind = "gaussian_mixture"
means = [[0.0, 1.0], [1.0, 0.5]]
covariances = [[[0.25, 0.1], [0.1, 0.5]], [[0.5, 0.0], [0.0, 0.0]]]
"""
ORDERS = {"ring": 6, "normal": 6, "cloud": 6, "blobs": 6, "shell": 4, "round": 4}


@pytest.fixture(scope="module")
def laws(tmp_path_factory):
    from conftest import STUDY, Lab

    lab = Lab(tmp_path_factory.mktemp("laws"))
    lab.write("study.toml", STUDY + LAWS)
    yield lab
    lab.close()


def evaluate(lab, name, x, sigma, *words):
    return lab.json("eval", "study.toml", "--distribution", name, "--sigma", sigma, "--at", ",".join(map(repr, x)), *words)


def test_order_adds_keys_and_changes_none(laws):
    bare = evaluate(laws, "ring", [0.5, 0.25], 0.5)
    laws.write("along.txt", "0.5\n-1\n")
    seen = evaluate(laws, "ring", [0.5, 0.25], 0.5, "--order", 3, "--direction", "@along.txt")
    assert list(seen) == [*bare, "cumulants", "taylor"]
    assert {key: seen[key] for key in bare} == bare
    assert len(seen["cumulants"]) == len(seen["taylor"]) == 3
    along = numpy.array([0.5, -1.0])
    assert seen["cumulants"][0] == pytest.approx(along @ seen["mean"], rel=1e-14, abs=1e-15)
    assert seen["cumulants"][1] == pytest.approx(along @ numpy.array(seen["covariance"]) @ along, rel=1e-13)
    first = evaluate(laws, "ring", [0.5, 0.25], 0.5, "--order", 1, "--direction=-1,0")
    assert first["cumulants"] == first["taylor"] == [-bare["mean"][0]]


# Given x the side is +-1 with mean tanh z, and every cumulant is the derivative of the one before in z.
def test_cumulants_of_two_blobs_in_closed_form(laws):
    radius, width, sigma, x, length = 1.0, 0.1, 0.4, 0.15, 1.5
    total = width**2 + sigma**2
    side = numpy.polynomial.Polynomial([0, 1])
    t, move = math.tanh(radius * x / total), length * radius * sigma**2 / total
    expected = []
    for n in range(6):
        expected.append(move ** (n + 1) * side(t))
        side = side.deriv() * numpy.polynomial.Polynomial([1, 0, -1])
    expected[0] += length * x * width**2 / total
    expected[1] += length**2 * width**2 * sigma**2 / total
    at = [x, 0.3, -0.2]
    seen = evaluate(laws, "two", at, sigma, "--order", 6, "--direction", f"{length},0,0")
    assert seen["cumulants"] == pytest.approx(expected, rel=1e-12)
    taylor = [kappa / math.factorial(k) / sigma ** (2 * k) for k, kappa in enumerate(expected)]
    assert seen["taylor"] == pytest.approx(taylor, rel=1e-12)


def test_cumulants_of_one_gaussian_end_with_the_second(laws):
    seen = evaluate(laws, "normal", [1.0, -2.0], 0.5, "--order", 6, "--direction", "0,2")
    assert seen["cumulants"] == pytest.approx([-2.0, 4 * 0.125, 0, 0, 0, 0], rel=1e-14)
    assert seen["cumulants"][2:] == [0, 0, 0, 0]


# The error of the sum falls like h^K; with kappa_{k+1} / sigma^{2k} in place of t_k (no 1/k!) it stays at h^2.
@pytest.mark.parametrize("name", ORDERS)
def test_taylor_series_converges_at_its_order(laws, name):
    order, sigma, x, along = ORDERS[name], 0.6, numpy.array([0.2, 0.6]), numpy.array([0.8, -0.4])
    seen = evaluate(laws, name, x, sigma, "--order", order, "--direction", "0.8,-0.4")
    bare = [t * math.factorial(k) for k, t in enumerate(seen["taylor"])]

    def errors(coefficients, steps):
        values = [along @ evaluate(laws, name, x + h * along, sigma)["mean"] for h in steps]
        return [abs(v - sum(t * h**k for k, t in enumerate(coefficients))) for v, h in zip(values, steps)]

    right, wrong = errors(seen["taylor"], (0.1, 0.05)), errors(bare, (0.004, 0.002))
    if name == "normal":  # m is linear
        assert max(right + wrong) < 1e-15
        return
    assert math.log2(right[0] / right[1]) == pytest.approx(order, abs=0.4)
    assert math.log2(wrong[0] / wrong[1]) == pytest.approx(2, abs=0.4)


@pytest.mark.parametrize("name", ORDERS)
def test_one_order_more_than_known_is_refused(laws, name):
    words = ["--sigma", 1, "--at", "0,0", "--direction", "1,0", "--order", ORDERS[name] + 1]
    refused = laws.check("eval", "study.toml", "--distribution", name, *words, code=USAGE)
    assert refused.out == ""
    assert f"known to order {ORDERS[name]}" in refused.err and f"give at most {ORDERS[name]}" in refused.err


def test_help_explains_order_and_direction(laws):
    page = laws.check("eval", "--help").out
    for word in ("--order K", "--direction V1,V2,..", "kappa_4", "k!", "--order 6 --direction 1,0"):
        assert word in page
