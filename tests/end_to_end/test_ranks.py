"""Layouts at the edge: more ranks than work, many threads, inputs that every rank reads, messages printed once."""

import numpy
import pytest

from conftest import DONE, FULL, STUDY, TASKS, USAGE, sessions, statuses

ONE_TASK = ["--set", "study.particles=20", "--set", "schedule.edm.steps=6"]


def single(lab):
    """A study of one point and one block."""
    text = STUDY.split("[[distribution]]")
    lab.write("single.toml", text[0] + "[[distribution]]" + text[1] + "[[schedule]]" + STUDY.split("[[schedule]]")[1])
    text = lab.path("single.toml").read_text().replace('[[solver]]\nkind = "heun"\n', "")
    lab.write("single.toml", text)
    assert lab.json("plan", "single.toml", "--json", *ONE_TASK)["tasks"] == 1
    return "single.toml"


@pytest.mark.parametrize("ranks, threads", [(5, 1), (3, 4)])
def test_more_ranks_than_blocks(lab, ranks, threads):
    """Ranks without work take part in every collective with nothing."""
    study = single(lab)
    lab.check("run", study, "-o", "alone.h5", "--threads", 1, *ONE_TASK)
    lab.check("run", study, "-o", "out.h5", "--threads", threads, "--epoch", 0.1, *ONE_TASK,
              ranks=ranks, fault="sleep@*=0.5")  # fmt: skip
    lab.verify("out.h5")
    lab.assert_same("out.h5", "alone.h5")
    assert sessions(lab.path("out.h5"))[0]["ranks"] == ranks


def test_more_ranks_than_tasks_left(lab):
    lab.check("run", "study.toml", "-o", "out.h5", "--threads", 2, fault="throw@53", code=3)
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--retry-failed", ranks=4, code=DONE)
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--retry-failed", ranks=4, code=DONE)
    assert (statuses(lab.path("out.h5")) == 1).all()
    assert len(sessions(lab.path("out.h5"))) == 2, "a start that finds nothing to do leaves no session"


@pytest.mark.parametrize("ranks, threads", [(None, 16), (4, 3)] + ([(7, 1), (2, 7), (1, 33)] if FULL else []))
def test_odd_layouts(lab, reference, ranks, threads):
    lab.check("run", "study.toml", "-o", "out.h5", "--threads", threads, "--epoch", 0, ranks=ranks,
              fault="throw@17", code=3)  # fmt: skip
    lab.verify("out.h5")
    lab.assert_same("out.h5", reference)


def test_blocks_of_one_tile_and_of_all_particles_give_the_same_particles(lab):
    """Blocks cut the statistics, never the particles: what is kept one by one agrees bit for bit."""
    import h5py

    kept = []
    for block in (32, 160):
        name = f"block{block}.h5"
        lab.check("run", "study.toml", "-o", name, "--set", f"study.block={block}", "--threads", 2)
        lab.verify(name)
        with h5py.File(lab.path(name), "r") as file:
            kept.append({group: file["results"][group]["positions"][:].tobytes() for group in file["results"]})
    assert kept[0] == kept[1]


def test_threads_follow_the_environment(lab):
    for words, env, threads in (([], {"OMP_NUM_THREADS": "3"}, 3), (["--threads", 2], {"OMP_NUM_THREADS": "3"}, 2)):
        lab.check("run", "study.toml", "-o", "out.h5", "--overwrite", *words, env=env)
        assert sessions(lab.path("out.h5"))[0]["threads"] == threads


def points_study(lab, file):
    head, tail = STUDY.split("[[distribution]]")[0], "[[schedule]]" + STUDY.split("[[schedule]]")[1]
    cloud = f'[[distribution]]\nname = "cloud"\nkind = "points"\nfile = "{file}"\n\n'
    lab.write("points.toml", head + cloud + tail)
    return "points.toml"


def test_a_file_of_points_reaches_every_rank(lab):
    numbers = numpy.random.default_rng(1).normal(size=(40, 2))
    numpy.savetxt(lab.path("cloud.csv"), numbers, delimiter=",")
    numpy.save(lab.path("cloud.npy"), numpy.loadtxt(lab.path("cloud.csv"), delimiter=","))
    study = points_study(lab, "cloud.csv")
    lab.check("run", study, "-o", "alone.h5", "--threads", 1)
    lab.check("run", study, "-o", "many.h5", ranks=3)
    lab.verify("many.h5")
    lab.assert_same("many.h5", "alone.h5")
    points_study(lab, "cloud.npy")  # identified by its contents, not by its name
    lab.check("run", study, "-o", "binary.h5", ranks=2)
    assert lab.check("diff", "alone.h5", "binary.h5").out == ""
    changed = numbers.copy()
    changed[7, 1] += 1e-9
    numpy.savetxt(lab.path("cloud.csv"), changed, delimiter=",")
    points_study(lab, "cloud.csv")
    refused = lab.check("run", study, "-o", "alone.h5", "--resume", code=USAGE)
    assert "a file that the study reads has changed" in refused.err


@pytest.mark.parametrize("ranks", [None, 3])
def test_a_missing_file_is_named_once_and_nothing_is_created(lab, ranks):
    study = points_study(lab, "missing.csv")
    line = lab.path(study).read_text().split("missing.csv")[0].count("\n") + 1
    before = lab.listing()
    refused = lab.check("run", study, "-o", "out.h5", ranks=ranks, code=USAGE)
    assert refused.err.count("sigmaflow: ") == 1
    assert f"points.toml:{line}" in refused.err and "missing.csv" in refused.err
    assert lab.listing() == before


@pytest.mark.parametrize(
    "words, problem",
    [
        (["run", "none.toml", "-o", "out.h5"], "none.toml"),
        (["run", "study.toml", "-o", "out.h5", "--set", "schedule.edm.stepz=3"], "stepz"),
        (["run", "study.toml", "-o", "nowhere/out.h5"], "nowhere"),
    ],
)
def test_problems_are_printed_once_under_mpirun(lab, words, problem):
    before = lab.listing()
    refused = lab.check(*words, ranks=3, code=USAGE)
    assert refused.err.count("sigmaflow: ") == 1 and problem in refused.err
    assert lab.listing() == before


def test_existing_output_is_refused_once_under_mpirun(lab):
    lab.check("run", "study.toml", "-o", "out.h5", "--threads", 2)
    refused = lab.check("run", "study.toml", "-o", "out.h5", ranks=3, code=USAGE)
    assert refused.err.count("already there") == 1


def test_progress_is_printed_by_one_rank(lab):
    job = lab.check("run", "study.toml", "-o", "out.h5", "--epoch", 60, ranks=3)
    assert job.err.count(f"{TASKS}/{TASKS} tasks, 100 %") == 1
    assert job.err.count("results are in") == 1
