"""Labelled points from a file: parts of the data set, the posterior over classes, the same bits on any layout."""

import h5py
import numpy
import pytest

STUDY = """
[study]
name = "labelled"
seed = 5
particles = 100
block = 32
[[distribution]]
kind = "points"
file = "points.h5"
dataset = "x"
labels = "kind"
held_out = 0.25
split = [0, 1]
[[schedule]]
kind = "edm"
steps = 8
[[solver]]
kind = "heun"
[observe]
levels = "grid"
quantities = ["class_entropy", "entropy"]
"""


@pytest.fixture()
def labelled(lab):
    random = numpy.random.default_rng(3)
    x, kind = random.normal(size=(24, 2)), numpy.arange(24) % 3
    with h5py.File(lab.path("points.h5"), "w") as file:
        file["x"], file["kind"] = x, [("red", "green", "blue")[k] for k in kind]
    lab.path("labelled.toml").write_text(STUDY)
    return lab, x, kind


def test_class_entropy_has_the_same_bits_on_every_layout(labelled):
    lab = labelled[0]
    lab.check("run", "labelled.toml", "-o", "one.h5", "--threads", 1)
    lab.verify("one.h5")
    for ranks, threads in ((2, 2), (3, 1)):
        out = f"{ranks}.h5"
        lab.check("run", "labelled.toml", "-o", out, "--threads", threads, ranks=ranks)
        lab.assert_same(out, "one.h5")


def test_eval_prints_the_posterior_over_classes(labelled):
    lab, x, kind = labelled
    words = ["eval", "labelled.toml", "--set", "distribution.points.split=0", "--sigma", 0.7, "--at=0.3,-0.2"]
    seen = lab.json(*words, "--set", "distribution.points.use=all")["class_probabilities"]
    assert list(seen) == ["blue", "green", "red"]
    weights = numpy.exp(-0.5 * ((x - [0.3, -0.2]) ** 2).sum(1) / 0.49)
    for name, k in (("red", 0), ("green", 1), ("blue", 2)):
        assert seen[name] == pytest.approx(weights[kind == k].sum() / weights.sum(), rel=1e-13)
    part = lab.json(*words, "--set", "distribution.points.classes=red")
    assert part["class_probabilities"] == {"red": 1.0}


def test_a_study_of_unlabelled_points_refuses_class_entropy(labelled):
    lab = labelled[0]
    refused = lab.check("run", "labelled.toml", "-o", "x.h5", "--set", "distribution.points.labels=none", code=2)
    assert "there is no dataset 'none'" in refused.err
    lab.path("plain.toml").write_text(STUDY.replace('labels = "kind"\n', ""))
    assert "class labels" in lab.check("run", "plain.toml", "-o", "x.h5", code=2).err
    assert not lab.path("x.h5").exists()
