"""A grown study: `run NEW.toml --reuse OLD.h5` computes only what is new, to the bits of a fresh run.

A task that must not be computed again is made to throw on demand: had it been computed, the run would end with 3."""

import h5py
import numpy
import pytest

from conftest import DONE, STUDY, USAGE, flags_watch, program, statuses, wait_until

LARGER = STUDY.replace("particles = 150", "particles = 300").replace("[6, 12, 24]", "[6, 12, 20, 24]")
ANALYSIS = '\n[[analysis]]\nkind = "information"\nsigma_min = 0.5\nsigma_max = 2.0\nlevels = 3\nsamples = 256\n'


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    from conftest import Lab

    lab = Lab(tmp_path_factory.mktemp("old"))
    lab.write("study.toml", STUDY + ANALYSIS)
    lab.check("run", "study.toml", "-o", "old.h5", "--threads", 2, "--quiet")
    yield lab.path("old.h5")
    lab.close()


def places(path):
    """(point id, block, first, count, kept) of every task, read without the program."""
    with h5py.File(path, "r") as file:
        ids = file["points/id"][:]
        table = [file[f"tasks/{name}"][:] for name in ("point", "block", "first", "count", "kept_count")]
    return [(int(ids[point]), *map(int, rest)) for point, *rest in zip(*table)]


def fresh(lab, study, name="fresh.h5"):
    lab.check("run", study, "-o", name, "--threads", 2, "--quiet")
    return name


def shared(old, path):
    """Indices of tasks of `path` that the old file has as well, by id, block and particles."""
    known = {place[:4]: place[4] for place in places(old)}
    return [i for i, place in enumerate(places(path)) if known.get(place[:4], -1) >= place[4]]


def reuse(lab, study, old, spared, *words, ranks=None, code=DONE):
    fault = ",".join(f"throw@{task}" for task in spared)
    return lab.check("run", study, "-o", "out.h5", "--reuse", old, "--threads", 1, *words, ranks=ranks, fault=fault,
                     code=code)  # fmt: skip


@pytest.mark.parametrize("ranks", [None, 3])
def test_more_particles_and_points(lab, old, ranks):
    lab.write("grown.toml", LARGER + ANALYSIS)
    whole = fresh(lab, "grown.toml")
    spared = shared(old, lab.path(whole))
    total = len(places(lab.path(whole)))
    assert len(spared) == 18 * 2 + 9, "the uneven last blocks are new, the parts of the analysis are not"
    job = reuse(lab, "grown.toml", old, spared, ranks=ranks)
    assert f"{len(spared)} of {total} tasks are taken over" in job.err
    lab.verify("out.h5")
    lab.assert_same("out.h5", whole)
    print(f"[claim] reuse-differences 0\n[claim] reuse-taken {len(spared)}")


def test_the_tasks_would_have_thrown(lab, old):
    lab.write("grown.toml", LARGER + ANALYSIS)
    whole = fresh(lab, "grown.toml")
    task = shared(old, lab.path(whole))[0]
    lab.check("run", "grown.toml", "-o", "again.h5", "--quiet", fault=f"throw@{task}", code=3)


def test_fewer_quantities_and_kept_particles(lab, old):
    text = STUDY.replace('"spectrum", ', "").replace("keep_particles = 70", "keep_particles = 10")
    lab.write("less.toml", text)
    whole = fresh(lab, "less.toml")
    reuse(lab, "less.toml", old, range(54))
    lab.assert_same("out.h5", whole)


@pytest.mark.parametrize(
    "change",
    [('"likelihood"]', '"likelihood", "mmse"]'), ("levels = 5", "levels = 4"), ("block = 64", "block = 32")],
)
def test_other_records_are_computed_again(lab, old, change):
    lab.write("other.toml", STUDY.replace(*change))
    whole = fresh(lab, "other.toml")
    job = reuse(lab, "other.toml", old, [])
    assert "0 of" in job.err
    lab.assert_same("out.h5", whole)


def test_quantities_with_other_parameters_are_computed_again(lab):
    probes = '{ kind = "likelihood_hutchinson", probes = 4 }'
    lab.write("a.toml", STUDY.replace('"likelihood"', probes))
    lab.write("b.toml", STUDY.replace('"likelihood"', probes.replace("4", "8")))
    fresh(lab, "a.toml", "old.h5")
    whole = fresh(lab, "b.toml")
    reuse(lab, "b.toml", "old.h5", [])
    lab.assert_same("out.h5", whole)


def test_more_kept_particles_only_where_they_are_kept(lab, old):
    lab.write("more.toml", STUDY.replace("keep_particles = 70", "keep_particles = 150"))
    whole = fresh(lab, "more.toml")
    spared = shared(old, lab.path(whole))
    assert len(spared) == 18, "of every point the first block, which was kept whole before"
    reuse(lab, "more.toml", old, spared)
    lab.assert_same("out.h5", whole)


def test_another_seed_is_refused(lab, old):
    lab.write("seed.toml", STUDY.replace("seed = 7", "seed = 8"))
    job = lab.run("run", "seed.toml", "-o", "out.h5", "--reuse", old)
    assert job.code == USAGE and "seed" in job.err
    assert not lab.path("out.h5").exists()


@pytest.mark.parametrize("what", ["missing", "text", "itself"])
def test_what_is_no_older_result_is_refused(lab, old, what):
    lab.write("text", "not a result\n" * 100)
    name = {"missing": "nothing.h5", "text": "text", "itself": "out.h5"}[what]
    if what == "itself":
        fresh(lab, "study.toml", "out.h5")
    before = lab.listing()
    job = lab.run("run", "study.toml", "-o", "out.h5", "--overwrite", "--reuse", name)
    assert job.code == USAGE, job.err
    assert lab.listing() == before


def test_damaged_rows_are_computed_again(lab, old):
    damaged = lab.path("damaged.h5")
    damaged.write_bytes(old.read_bytes())
    with h5py.File(damaged, "r") as file:
        group = file["results"][list(file["results"])[0]]
        offset = group["positions_mean"].id.get_offset()
    with open(damaged, "r+b") as file:
        file.seek(offset + 3)
        byte = file.read(1)
        file.seek(offset + 3)
        file.write(bytes([byte[0] ^ 0x40]))
    whole = fresh(lab, "study.toml")
    job = reuse(lab, "study.toml", "damaged.h5", [])
    assert "53 of 54 tasks are taken over" in job.err
    lab.assert_same("out.h5", whole)


def test_a_killed_one_goes_on(lab, old, moments):
    lab.write("grown.toml", LARGER)
    whole = fresh(lab, "grown.toml")
    words = ["run", "grown.toml", "-o", "out.h5", "--reuse", old, "--threads", 1, "--epoch", 0.05, "--quiet"]
    job = lab.start(*words, fault="sleep@*=0.05")
    wait_until(lambda: lab.path("out.h5").exists(), "the file")
    flagged = flags_watch(lab.path("out.h5"))
    wait_until(lambda: flagged() >= 40, "tasks beyond those that are taken over")
    job.kill()
    assert 0 < (statuses(lab.path("out.h5")) == 0).sum()
    lab.check(*words, "--resume", ranks=2)
    lab.assert_same("out.h5", whole)
