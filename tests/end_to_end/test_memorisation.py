"""The study memorisation: the records of the whole program against closed forms and against each other."""

import math
import pathlib

import h5py
import numpy
import pytest

from conftest import FULL, Lab

STUDY = pathlib.Path(__file__).resolve().parents[2] / "jobs" / "studies" / "memorisation.toml"
CLUSTERS = (256, 1024, 4096) if FULL else (256, 1024)
PITCHFORK = 0.7752002453966636  # commitment there
COLLAPSES = {256: (1.2987896867558651, 1.3337308785480498), 1024: (1.9775467186321605, 2.0134878601580485),
             4096: (2.6670744411666035, 2.7032685201949020)}  # OU times of 20000 draws, 25 digits by mpmath
SURE = 5.0  # standard errors: one false alarm in 10^6 numbers
SMALL = {"distribution.normal.dim": [1, 4], "analysis.curves.points": [50, 200], "analysis.curves.samples": 400,
         "analysis.curves.levels": 9, "analysis.least.points": [50, 200], "analysis.least.samples": 400,
         "analysis.least.sets": 2, "analysis.collapse.points": [50, 200], "analysis.commitment.levels": 4,
         "distribution.clusters.dim": [256, 1024], "distribution.clusters.radius": [16.0, 32.0],
         "analysis.speciation.samples": 1000, "analysis.cluster-curves.levels": 3}  # fmt: skip


def claim(name, value):
    print(f"\n[claim] {name} {value:.6g}")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The study on two ranks, small unless FULL."""
    lab = Lab(tmp_path_factory.mktemp("memorisation"))
    words = [] if FULL else [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]
    if not FULL:  # the exclusion names dimensions that are then gone
        text = STUDY.read_text().replace("[1024, 4096]", "1024")
        lab.write("study.toml", text)
    seconds = lab.check("run", STUDY if FULL else "study.toml", "-o", "out.h5", "--quiet", "--threads", 1, *words,
                        ranks=2).seconds  # fmt: skip
    if FULL:
        claim("memorisation-seconds", seconds)
    lab.verify("out.h5")
    yield lab
    lab.close()


@pytest.mark.skipif(FULL, reason="a minute for what the small study shows")
def test_another_layout_computes_the_same_bits(study):
    words = [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]
    study.check("run", "study.toml", "-o", "one.h5", "--quiet", "--threads", 3, *words)
    study.assert_same("out.h5", "one.h5")


def groups(lab, kind):
    """Dimension -> arrays of its group, for the analyses of this kind."""
    with h5py.File(lab.path("out.h5")) as file:
        found = {name: group for name, group in file["results"].items() if group.attrs["analysis"] == kind}
        return {int(name.rpartition("dim")[2]): {key: group[key][:] for key in group} for name, group in found.items()}


def numbers_of_points(lab, dim, label):
    """N of every row of a group, in its order."""
    with h5py.File(lab.path("out.h5")) as file:
        table = file["points"]
        chosen = (table["analysis"].asstr()[:] == label) & (table["dim"][:] == dim)
        return table[f"analysis.{label}.points"][:][chosen]


def test_speciation_and_commitment_of_the_clusters(study):
    found = groups(study, "speciation")
    assert tuple(sorted(found)) == CLUSTERS
    worst_time, worst_commitment, worst_drawn = 0.0, 0.0, 0.0
    for dim, record in found.items():
        canonical, _, flow, between, covariance = record["ou_time"][0]
        assert record["definition"][0].tolist() == [0, 1, 2, 3, 4] and math.isinf(flow)
        worst_time = max(worst_time, abs(canonical - 0.5 * math.log(dim)), abs(between - 0.5 * math.log(dim)),
                         abs(covariance - 0.5 * math.log(dim + 1)))  # fmt: skip
        worst_commitment = max(worst_commitment, abs(record["commitment_exact"][0, 0] - PITCHFORK))
        away = abs(record["commitment"][0, 0] - PITCHFORK) / record["commitment_error"][0, 0]
        worst_drawn = max(worst_drawn, away)
    claim("study-speciation-time", worst_time)
    claim("study-commitment-exact", worst_commitment)
    claim("study-commitment-drawn", worst_drawn)
    assert worst_time < 1e-11 and worst_commitment < 1e-12 and worst_drawn < SURE


def test_collapse_of_the_clusters_in_both_definitions(study):
    worst = 0.0
    for dim, record in groups(study, "collapse").items():
        if dim not in CLUSTERS:
            continue
        row = list(numbers_of_points(study, dim, "cluster-collapse")).index(20000)
        assert record["definition"][row].tolist() == [0, 1]
        worst = max(worst, *numpy.abs(record["ou_time"][row] - COLLAPSES[dim]))
    claim("study-collapse-times", worst)
    assert worst < 1e-12


def test_collapse_of_normal_data_is_its_closed_form(study):
    for dim, record in groups(study, "collapse").items():
        if dim in CLUSTERS:
            continue
        count = numbers_of_points(study, dim, "collapse")
        expected = (count ** (2.0 / dim) - 1.0) ** -0.5
        numpy.testing.assert_allclose(record["sigma"], numpy.stack([expected, expected], axis=1), rtol=1e-12)


def test_commitment_of_draws_is_that_of_the_quadrature(study):
    for record in groups(study, "commitment").values():
        away = numpy.abs(record["commitment"] - record["commitment_exact"])
        # Where nearly every x is sure, the few that are not are missed by draws and by their error.
        assert numpy.all(away <= SURE * record["commitment_error"] + 1e-4)
        assert numpy.all(numpy.diff(record["commitment_exact"]) >= -1e-14), "it grows as sigma falls"


def test_curves_of_normal_data(study):
    """The divergence falls with sigma and the gap is that of KL at small sigma; N points know at most ln N."""
    worst = 0.0
    for dim, record in groups(study, "memorisation").items():
        if dim in CLUSTERS:
            continue
        count = numbers_of_points(study, dim, "curves")[:, None]
        rise = -numpy.diff(record["divergence"], axis=1)  # levels go from large sigma to small
        error = numpy.hypot(record["divergence_error"][:, 1:], record["divergence_error"][:, :-1])
        worst = max(worst, numpy.max(rise / error))
        sigma = record["sigma"]
        numpy.testing.assert_allclose(record["information"], 0.5 * dim * numpy.log1p(sigma**-2.0), rtol=1e-12)
        numpy.testing.assert_allclose(record["excess_entropy"], 1.0 - record["information"] / numpy.log(count),
                                      rtol=1e-9, atol=1e-9)  # fmt: skip
        assert numpy.all(record["effective_number"] <= count * (1.0 + 1e-12))
        assert numpy.all(record["max_weight"] * count >= 1.0 - 1e-12)
        assert numpy.all(record["weight_entropy"] >= numpy.log(count) - record["information"]
                         - SURE * record["weight_entropy_error"] - 0.05)  # fmt: skip
    claim("study-divergence-rise", worst)
    assert worst < SURE


def test_least_noise_against_n_and_d(study):
    """More points need less noise, more dimensions more."""
    means = {dim: record["sigma"].mean(axis=1) for dim, record in groups(study, "least_noise").items()}
    for dim, sigma in means.items():
        assert numpy.all(numpy.diff(sigma) < 0.0), (dim, sigma)
    ordered = numpy.array([means[dim] for dim in sorted(means)])
    assert numpy.all(numpy.diff(ordered, axis=0) > 0.0)
    records = groups(study, "least_noise")
    assert all(record["inside"].all() for record in records.values())
    if FULL:
        claim("study-shared-points", records[4]["effective_number"][-1].mean())
        ratio = groups(study, "collapse")[16]["sigma"][-1, 1] / means[16][-1]
        claim("study-collapse-over-least-noise", ratio)
        assert numbers_of_points(study, 4, "least")[-1] == numbers_of_points(study, 16, "collapse")[-1] == 5000
        assert ratio == pytest.approx(0.972, abs=0.01)
