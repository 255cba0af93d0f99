"""The studies of jobs/studies and the examples, run as a user would, with the times that the docs promise."""

import json
import pathlib
import time

import h5py
import numpy
import pytest

from conftest import FULL, STOPPED, Lab, flags_watch, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOY = ROOT / "jobs" / "studies" / "toy-models.toml"


def claim(name, value):
    print(f"\n[claim] {name} {value:.6g}")


def test_toy_models_killed_and_resumed_equal_one_rank(lab, moments):
    """mpirun -n 4, killed at random, resumed with -n 3: what an uninterrupted single rank computes."""
    started = time.monotonic()
    lab.check("run", TOY, "-o", "one.h5", "--threads", 1, ranks=1)
    claim("toy-study-seconds", time.monotonic() - started)
    out = lab.path("out.h5")
    job = lab.start("run", TOY, "-o", "out.h5", "--threads", 1, "--epoch", 0.4, ranks=4, fault="sleep@*=0.001")
    wait_until(out.exists, "the file")
    flagged, enough = flags_watch(out), moments.randint(1, 500)
    wait_until(lambda: flagged() >= enough or not job.running(), "done flags", 150.0)
    job.kill()
    done = flagged()
    assert 0 < done < 864
    lab.check("run", TOY, "-o", "out.h5", "--resume", ranks=3)
    lab.verify("out.h5")
    lab.assert_same("out.h5", "one.h5")
    claim("toy-kill-differences", 0)


def test_a_first_result_within_seconds(lab):
    started = time.monotonic()
    lab.path("s.toml").write_text(lab.check("example", "toy").out)
    shown = lab.check("run", "s.toml", "--preview").err
    seconds = time.monotonic() - started
    claim("preview-seconds", seconds)
    assert "least J" in shown and "two edm heun steps=8" in shown
    assert seconds < 30.0


def test_max_time_of_a_long_study_is_kept(lab):
    """The limit counts from the start and holds the last write: measured on a study that would take minutes, alone,
    since the start of mpirun is not the program's."""
    limit = 4.0
    job = lab.check("run", TOY, "-o", "out.h5", "--max-time", limit, "--epoch", 1, "--threads", 2, code=STOPPED,
                    fault="sleep@*=0.05")  # fmt: skip
    claim("max-time-used", job.seconds / limit)
    with h5py.File(lab.path("out.h5"), "r") as file:
        assert numpy.count_nonzero(file["tasks/status"][:]) > 0
        ended = float(file["sessions/end"][0] - file["sessions/start"][0])
    assert ended < limit


# Studies in jobs/studies


def test_every_study_is_valid(lab):
    """Also those that read a file, which here has two points."""
    with h5py.File(lab.path("digits.h5"), "w") as file:
        file["images"] = numpy.eye(2, 64)
        file["labels"] = numpy.array([3, 8])
    for study in sorted((ROOT / "jobs" / "studies").glob("*.toml")):
        words = ["--set", f"distribution.digits.file={lab.path('digits.h5')}"] if study.stem.startswith("digits") else []
        plan = lab.json("plan", study, "--json", *words)
        assert len(plan["points"]) + len(plan["analyses"]) > 0


# Dimension of the tangent space of each law in d dimensions, at sigma = 0.02. Points are one each, so that nothing is
# tangent; but 2000 on a circle of radius sqrt 2 lie 0.0044 apart, less than sigma: still a circle.
TANGENTS = {
    "gaussian": lambda d: d,
    "shell": lambda d: d - 1,
    "parallel": lambda d: d - 1,
    "crossing": lambda d: d - 1,
    "points-2d": lambda d: 0,
    "points-10d": lambda d: 0,
    "points-1000d": lambda d: 1 if d == 2 else 0,
    "hypercube": lambda d: 0,
}
# Where exceptions are rare but not absurd: near the crossing both planes count, a few of 4000 points are close pairs.
TANGENT_SHARE = {"crossing": 0.85, "points-1000d": 0.95}
SURE = 5.0  # standard errors: one false alarm in 10^6 numbers


@pytest.fixture(scope="module")
def matched_moments(tmp_path_factory):
    """matched-moments.toml in two and four dimensions with few particles: its file and the summary of it."""
    lab = Lab(tmp_path_factory.mktemp("matched"))
    counts = {"points-2d": [4, 8], "points-10d": [20, 40], "points-1000d": [2000, 4000]}
    settings = {"study.particles": 1024, "observe.keep_particles": 512, "distribution.dim": [2, 4]}
    settings |= {f"distribution.{label}.count": count for label, count in counts.items()}
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    lab.check("run", ROOT / "jobs" / "studies" / "matched-moments.toml", "-o", "out.h5", "--quiet", *words)
    lab.check("aggregate", "out.h5", "-o", "summary.h5")
    yield lab
    lab.close()


def laws_of(lab, name, dim):
    """Label -> its rows of every variable of the group of this dimension."""
    with h5py.File(lab.path(name), "r") as file:
        group = next(group for key, group in file["results"].items() if key.startswith(f"dim{dim}_"))
        labels = [text.decode() for text in file["points/distribution"][:]]
        names = [labels[point] for point in group["point_index"][:]]
        variables = [key for key in group if len(group[key].shape) > 1 and group[key].shape[0] == len(names)]
        return {label: {key: group[key][row] for key in variables} for row, label in enumerate(names)}


@pytest.mark.parametrize("dim", [2, 4])
def test_laws_of_equal_moments_agree_at_large_noise(matched_moments, dim):
    """tr C / d = 1/(1 + theta) up to theta^3, theta = sigma^-2, since all of them are symmetric: what is left of the
    moment expansion is a fourth cumulant, below 8 per dimension. The same for the eigenvalues of C/sigma^2, whose
    fluctuation is of first order in theta."""
    worst = 0.0
    laws = laws_of(matched_moments, "summary.h5", dim)
    assert laws.keys() == TANGENTS.keys()
    for label, law in laws.items():
        large = law["sigma"] > 8.0
        theta = law["sigma"][large] ** -2.0
        expected, rest = 1.0 / (1.0 + theta), 8.0 * theta**3
        away = numpy.abs(law["mmse_mean"][large] / dim - expected) - rest
        worst = max(worst, numpy.max(away * dim / numpy.maximum(law["mmse_standard_error"][large], 1e-15 * dim)))
        eigenvalues = 1.0 - law["spectrum_mean"][large]
        away = numpy.abs(eigenvalues.mean(axis=1) - theta * expected) - theta * rest
        assert numpy.all(away <= SURE * law["spectrum_standard_error"][large].sum(axis=1) / dim + 1e-15), label
        assert numpy.all(numpy.abs(eigenvalues / theta[:, None] - 1.0) < 8.0 * dim * theta[:, None]), label
    claim(f"matched-large-sigma-{dim}", worst)
    assert large.sum() >= 6 and worst < SURE


@pytest.mark.parametrize("dim", [2, 4])
def test_laws_of_equal_moments_part_at_small_noise(matched_moments, dim):
    """Eigenvalues of C/sigma^2 near 1 count the tangent directions of each law."""
    for label, law in laws_of(matched_moments, "out.h5", dim).items():
        assert law["sigma"][-1] == pytest.approx(0.02)
        eigenvalues = 1.0 - law["spectrum"][:, -1]
        tangent = numpy.sum((eigenvalues > 0.5) & (eigenvalues < 1.5), axis=1)
        share = numpy.mean(tangent == TANGENTS[label](dim))
        assert share >= TANGENT_SHARE.get(label, 0.995), (label, dim, share)


# solver-shootout


SHOOTOUT = ROOT / "jobs" / "studies" / "solver-shootout.toml"
EVALUATIONS = {"euler": 1, "heun": 2, "midpoint": 2, "dpm2": 2, "rk4": 4, "taylor2": 2, "taylor3": 2, "dpmpp_2s": 2}


def races_of(path):
    """Law -> (schedule, grid, steps, solver, rtol), last positions and evaluations of every point."""
    out = {}
    with h5py.File(path, "r") as file:
        choices = [json.loads(text) for text in file["points/parameters"].asstr()[:]]
        for group in file["results"].values():
            ends, evaluations = group["positions"][:, :, -1], group["evaluations"][:, :, -1]
            for row, point in enumerate(group["point_index"][:]):
                law, schedule, solver = (choices[point][room] for room in ("distribution", "schedule", "solver"))
                label = (schedule["label"], json.loads(schedule["parameters"]["grid"]),
                         int(schedule["parameters"]["steps"]) - 1, solver["kind"],
                         float(solver["parameters"].get("rtol", 0.0)))  # fmt: skip
                out.setdefault(law["label"], []).append((label, ends[row], evaluations[row]))
    return out


def test_the_shootout_ends_where_the_exact_flow_does(lab):
    """Adaptive solvers at their least tolerance agree with each other and the closed form; 128 steps of any other come
    near, in the median (a few particles of the cloud may end at another point), at the cost that a step has."""
    seconds = lab.check("run", SHOOTOUT, "-o", "out.h5", "--quiet", *([] if FULL else ["--preview"])).seconds
    lab.verify("out.h5")
    if FULL:
        claim("shootout-seconds", seconds)
        assert seconds < 300.0
    races = races_of(lab.path("out.h5"))
    assert list(races) == ["line", "gaussian", "planes", "cloud"]
    for law, points in races.items():
        reference = next(end for label, end, _ in points if label[3:] == ("dopri5", 1e-12))
        solvers = set()
        for (schedule, grid, steps, solver, rtol), end, evaluations in points:
            solvers.add(solver)
            away = numpy.linalg.norm(end - reference, axis=1)
            if solver == "exact" or rtol == 1e-12:
                assert numpy.max(away) < 1e-9, (law, solver)
            if solver in EVALUATIONS:
                assert numpy.all(evaluations == EVALUATIONS[solver] * steps), (law, solver, steps)
            if (grid, steps) == ("log", 128):
                assert numpy.median(away) < (0.05 if solver == "euler" else 0.02), (law, solver)
        assert len(solvers) == 17 - (law in ("planes", "cloud"))


def test_grids_that_the_shootout_leaves_out(lab):
    """logsnr is log; the cosine schedule's own sigmas are those of tan within 2 %."""
    start = ["--from", "1.0", "--distribution", "line", "--solver", "euler", "--set", "schedule.steps=9"]
    lab.write("s.toml", SHOOTOUT.read_text() + """
[[schedule]]
name = "cosine"
kind = "cosine"
form = "continuous"
sigma_max = 80.0
sigma_min = 0.02
""")

    def sigmas(schedule, grid):
        words = [*start, "--schedule", schedule, "--set", f"schedule.{schedule}.grid={grid}"]
        return numpy.array([step["sigma"] for step in lab.json("trace", "s.toml", *words)["steps"]])

    assert numpy.array_equal(sigmas("edm", "log"), sigmas("edm", "logsnr"))
    ratio = sigmas("cosine", "own") / sigmas("edm", "tan")
    assert ratio.size == 9 and numpy.all(numpy.abs(ratio - 1.0) < 0.02) and not numpy.all(ratio == 1.0)
