"""Every command: what it prints, its JSON keys, its exit codes, and that it leaves nothing behind when it refuses."""

import math
import re
import shutil

import h5py
import numpy
import pytest

from conftest import DONE, FAILED, STOPPED, TASK_FAILED, TASKS, THROW, USAGE, statuses

COMMANDS = ["run", "plan", "submit", "status", "verify", "diff", "aggregate", "eval", "trace", "list", "example"]
FIXED = ["--set", "schedule.edm.steps=12"]
EVAL_RING = ["eval", "study.toml", "--distribution", "ring", "--sigma", "1", "--at", "0,0"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The study and its result in one folder, every task done."""
    from conftest import STUDY, Lab

    lab = Lab(tmp_path_factory.mktemp("finished"))
    lab.write("study.toml", STUDY)
    lab.check("run", "study.toml", "-o", "out.h5", "--threads", 2, "--quiet")
    yield lab
    lab.close()


# Help, unknown words


def test_overview_names_every_command(lab):
    page = lab.check("--help").out
    assert lab.check("help").out == lab.check("-h").out == page
    assert lab.check(code=USAGE).out == page
    assert all(re.search(rf"^  {command} ", page, re.M) for command in COMMANDS)
    version = lab.check("--version").out
    assert re.match(r"sigmaflow \d+\.\d+", version) and "backend" in version


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(lab, command):
    page = lab.check(command, "--help")
    assert page.err == ""
    assert page.out.startswith(f"usage: sigmaflow {command} ")
    assert f"\n  sigmaflow {command} " in page.out, "an example"
    assert "--help" in page.out
    assert all(len(line) <= 120 for line in page.out.splitlines())


def test_help_of_run_documents_the_contract(lab):
    page = lab.check("run", "--help").out
    for option in "output resume retry-failed overwrite set threads max-time epoch preview quiet".split():
        assert f"--{option}" in page
    for word in ("USR1", "75", "--resume", "mpirun"):
        assert word in page


@pytest.mark.parametrize(
    "words, problem, suggestion",
    [
        (["pln"], "unknown command 'pln'", "'plan'"),
        (["run", "study.toml", "--resum"], "unknown option '--resum'", "'--resume'"),
        (["plan", "study.toml", "--rank", "3"], "unknown option '--rank'", "'--ranks'"),
        (["plan"], "STUDY is missing", "usage: sigmaflow plan STUDY"),
        (["diff", "a.h5"], "B.h5 is missing", "usage: sigmaflow diff A.h5 B.h5"),
        (["verify", "a.h5", "b.h5"], "surplus argument 'b.h5'", "--help"),
        (["aggregate", "a.h5"], "--output is missing", "--help"),
        (["run", "study.toml", "--threads", "0"], "--threads is '0'", ">= 1"),
        (["run", "study.toml", "--threads", "many"], "--threads is 'many'", ">= 1"),
        (["run", "study.toml", "--threads", "1", "--threads", "2"], "--threads is given twice", ""),
        (["run", "study.toml", "--epoch", "-1"], "--epoch is -1", ">= 0"),
        (["run", "study.toml", "--max-time", "soon"], "'soon'", ""),
        (["run", "study.toml", "--max-time", "1:99"], "'1:99' is no duration", "HH:MM:SS"),
        (["run", "study.toml", "--max-time", "0"], "'0' is no duration", "HH:MM:SS"),
        (["run", "study.toml", "--resume", "--overwrite"], "exclude each other", ""),
        (["run", "missing.toml"], "missing.toml", ""),
        (["run", "study.toml", "-o", "nowhere/out.h5"], "nowhere/out.h5", ""),
        (["run", "study.toml", "--set", "solver.euler.kind=heun"], "two points of the sweep are equal", "remove one"),
        (["run", "study.toml", "--set", "schedule.edm.stepz=3"], "stepz", "steps"),
        (["run", "study.toml", "--set", "distribution.rong.count=3"], "rong", "ring"),
        (["run", "study.toml", "--set", "study.particles=-1"], "particles", ""),
        (["run", "study.toml", "--set", "nonsense"], "nonsense", ""),
        (["eval", "study.toml", "--distribution", "rin", "--sigma", "1", "--at", "0,0"], "'rin'", "'ring'"),
        (["eval", "study.toml", "--sigma", "1", "--at", "0,0"], "more than one distribution", "ring, two, normal"),
        (["eval", "study.toml", "--distribution", "ring", "--sigma", "0", "--at", "0,0"], "--sigma is 0", "> 0"),
        (["eval", "study.toml", "--distribution", "ring", "--sigma", "-1", "--at", "0,0"], "--sigma is -1", ""),
        (["eval", "study.toml", "--distribution", "ring", "--sigma", "nan", "--at", "0,0"], "'nan'", "finite"),
        (["eval", "study.toml", "--distribution", "ring", "--sigma", "1", "--at", "0"], "has 1 number", "dimension 2"),
        (["eval", "study.toml", "--distribution", "ring", "--sigma", "1", "--at", "0,x"], "'x'", "finite number"),
        (["eval", "study.toml", "--distribution", "ring", "--sigma", "1", "--at", "@none"], "'none'", "--at"),
        ([*EVAL_RING, "--order", "2"], "--order is given without --direction", "--direction with 2 numbers"),
        ([*EVAL_RING, "--direction", "1,0"], "--direction is given without --order", "--order K"),
        ([*EVAL_RING, "--order", "2", "--direction", "1"], "--direction has 1 number", "dimension 2"),
        ([*EVAL_RING, "--order", "2", "--direction", "1,0,0"], "--direction has 3 numbers", "dimension 2"),
        ([*EVAL_RING, "--order", "2", "--direction", "1,nan"], "--direction", "finite number"),
        ([*EVAL_RING, "--order", "0", "--direction", "1,0"], "--order is '0'", ">= 1"),
        ([*EVAL_RING, "--order", "2.5", "--direction", "1,0"], "--order is '2.5'", "whole number"),
        ([*EVAL_RING, "--order", "7", "--direction", "1,0"], "--order is 7", "known to order 6) give at most 6"),
        (["trace", "study.toml", "--distribution", "ring", "--solver", "hen", "--from", "1,2", *FIXED], "hen", "heun"),
        (["list", "solver"], "unknown room 'solver'", "'solvers'"),
        (["example", "toi"], "unknown example 'toi'", "'toy'"),
        (["status", "none.h5"], "none.h5", ""),
        (["status", "study.toml"], "study.toml", "result file"),
        (["verify", "none.h5"], "none.h5", ""),
        (["verify", "study.toml"], "study.toml", "result file"),
        (["diff", "none.h5", "study.toml"], "none.h5", ""),
        (["aggregate", "none.h5", "-o", "summary.h5"], "none.h5", ""),
    ],
    ids=lambda words: "_".join(words)[:60].replace("/", "|") if isinstance(words, list) else "",
)  # fmt: skip
def test_refusals_name_problem_and_way_out_and_create_nothing(lab, words, problem, suggestion):
    before = lab.listing()
    refused = lab.check(*words, code=USAGE)
    assert refused.out == ""
    assert refused.err.startswith("sigmaflow: ") and refused.err.count("sigmaflow: ") == 1
    assert problem in refused.err and suggestion in refused.err
    assert lab.listing() == before


def test_errors_of_a_study_name_file_line_and_key(lab):
    text = lab.path("study.toml").read_text()
    lab.write("study.toml", text.replace("radius = 1.0", "raduis = 1.0", 1))
    line = text[: text.index("radius")].count("\n") + 1
    for command in (["run", "study.toml"], ["plan", "study.toml"]):
        refused = lab.check(*command, code=USAGE)
        assert f"study.toml:{line}:" in refused.err and "raduis" in refused.err and "'radius'" in refused.err
    assert [name for name, _ in lab.listing()] == ["study.toml"]


def test_unknown_faults_are_refused(lab):
    before = lab.listing()
    assert "bang" in lab.check("run", "study.toml", fault="bang", code=USAGE).err
    assert lab.listing() == before


# plan, list, example


def test_plan(lab):
    plan = lab.json("plan", "study.toml", "--json")
    assert list(plan) == [
        "study", "tasks", "core_seconds", "ranks", "threads", "makespan_seconds", "efficiency", "file_bytes",
        "memory_bytes_per_rank", "exceeded_limits", "idle_axes", "points", "analyses",
    ]  # fmt: skip
    assert (plan["study"], plan["tasks"], plan["ranks"], plan["threads"]) == ("layouts", TASKS, 1, 1)
    assert len(plan["points"]) == 18 and len({point["id"] for point in plan["points"]}) == 18
    first = plan["points"][0]
    assert list(first) == ["id", "distribution", "schedule", "solver", "dim", "axes"]
    assert first["axes"] == {"schedule.edm.steps": 6} and first["dim"] == 2
    assert plan["makespan_seconds"] == pytest.approx(plan["core_seconds"])
    assert plan["efficiency"] == pytest.approx(1.0)

    wide = lab.json("plan", "study.toml", "--json", "--ranks", 8, "--threads", 2)
    assert wide["core_seconds"] == plan["core_seconds"]
    assert plan["core_seconds"] / 16 <= wide["makespan_seconds"] < plan["makespan_seconds"]
    assert 0 < wide["efficiency"] < 1
    less = lab.json("plan", "study.toml", "--json", "--set", "schedule.edm.steps=6", "--set", "study.particles=64")
    assert less["tasks"] == 6 and less["core_seconds"] < plan["core_seconds"]
    text = lab.check("plan", "study.toml", "--ranks", 8).out
    assert "18 points" in text and f"{TASKS} tasks" in text and "8 ranks x 1 thread" in text
    assert [name for name, _ in lab.listing()] == ["study.toml"]


def test_forecast_of_the_file_size(finished):
    forecast = finished.json("plan", "study.toml", "--json")["file_bytes"]
    size = finished.path("out.h5").stat().st_size
    assert forecast <= size <= forecast + (2 << 20), "the forecast counts data; metadata come in blocks of 1 MiB"


@pytest.mark.parametrize(
    "room, kinds",
    [
        ("distributions", ["gaussian", "gaussian_mixture", "two_deltas", "ring", "points"]),
        ("schedules", ["ve", "vp", "subvp", "edm", "ou", "table"]),
        ("grids", ["own", "rho", "log", "list"]),
        ("solvers", ["euler", "heun", "exact", "marginal"]),
        ("observables", ["positions", "spectrum", "log_density", "likelihood", "mmse", "entropy"]),
        ("analyses", ["information"]),
    ],
)
def test_list(lab, room, kinds):
    listed = lab.check("list", room).out
    assert listed.strip()
    for kind in kinds:
        assert re.search(rf"^{kind}\n    \S", listed, re.M), f"{kind} with its meaning"


def test_list_shows_parameters_ranges_and_defaults(lab):
    rings = lab.check("list", "distributions").out.split("\nring\n")[1]
    assert re.search(r"^      radius .*> 0.*default 1\)$", rings, re.M)
    clouds = lab.check("list", "distributions").out.split("\ngaussian_mixture\n")[1]
    assert re.search(r"^      means +.*required\)$", clouds, re.M)


@pytest.mark.parametrize("name", ["toy", "gaussian", "information"])
def test_examples_plan_and_run(lab, name):
    study = lab.check("example", name)
    assert study.err == "" and study.out.startswith("# ")
    lab.write("example.toml", study.out)
    plan = lab.json("plan", "example.toml", "--json")
    assert plan["study"] == name and plan["tasks"] > 0
    with open(lab.path("example.toml")) as piped:
        assert "points" in lab.start("plan", "/dev/stdin", stdin=piped).wait().out
    run = lab.check("run", "example.toml", "--preview", "--threads", 2)  # also: the output's name is the study's
    assert ("analysis information of ring" if name == "information" else "means") in run.err
    lab.verify(f"{name}.h5")


# run


def test_outputs_are_not_overwritten_by_accident(lab):
    lab.check("run", "study.toml", "-o", "out.h5", "--threads", 2)
    before = lab.path("out.h5").read_bytes()
    refused = lab.check("run", "study.toml", "-o", "out.h5", code=USAGE)
    assert "already there" in refused.err and "--resume" in refused.err and "--overwrite" in refused.err
    assert lab.path("out.h5").read_bytes() == before
    few = ["--set", "study.particles=10", "--threads", 2]
    lab.check("run", "study.toml", "-o", "out.h5", "--overwrite", *few)
    assert lab.json("status", "out.h5", "--json")["total"] == 18
    lab.check("run", "study.toml", "-o", "new.h5", "--overwrite", *few)  # nothing there: nothing to refuse
    lab.check("run", "study.toml", "-o", "other.h5", "--resume", *few)  # nothing there: starts
    lab.assert_same("new.h5", "other.h5")
    assert [name for name, _ in lab.listing()] == ["new.h5", "other.h5", "out.h5", "study.toml"]


def test_resume_refuses_another_study_and_names_the_line(lab):
    lab.check("run", "study.toml", "-o", "out.h5", "--threads", 2, fault=THROW, code=TASK_FAILED)
    text, before = lab.path("study.toml").read_text(), lab.path("out.h5").read_bytes()
    changed = text.replace("seed = 7", "seed = 8")
    line = text[: text.index("seed")].count("\n") + 1
    lab.write("study.toml", changed)
    refused = lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--retry-failed", code=USAGE)
    assert f"its line {line} changed" in refused.err
    lab.write("study.toml", text)
    refused = lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--set", "study.seed=7", code=USAGE)
    assert "--set" in refused.err
    refused = lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--preview", code=USAGE)
    assert "--preview" in refused.err
    assert lab.path("out.h5").read_bytes() == before
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--retry-failed", code=DONE)


def test_resume_refuses_a_file_whose_metadata_were_touched(lab):
    lab.check("run", "study.toml", "-o", "out.h5", "--threads", 2, fault=THROW, code=TASK_FAILED)
    with h5py.File(lab.path("out.h5"), "r+") as file:
        file.attrs["fingerprint_cpu"] = "abacus"
    before = lab.path("out.h5").read_bytes()
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", code=USAGE)
    lab.check("verify", "out.h5", code=FAILED)
    assert lab.path("out.h5").read_bytes() == before


def test_quiet_says_nothing_and_progress_is_on_standard_error(lab):
    quiet = lab.check("run", "study.toml", "-o", "a.h5", "--threads", 2, "--quiet")
    assert quiet.out == quiet.err == ""
    loud = lab.check("run", "study.toml", "-o", "b.h5", "--threads", 2, "--epoch", 0.2, fault="sleep@*=0.02")
    assert loud.out == ""
    lines = re.findall(rf"^(\d+)/{TASKS} tasks, ", loud.err, re.M)
    assert [int(n) for n in lines] == sorted(int(n) for n in lines) and len(lines) > 1
    assert int(lines[-1]) == TASKS, "the last line counts every task"
    assert "results are in b.h5" in loud.err


def test_preview_takes_one_percent_of_the_particles(lab):
    lab.check("run", "study.toml", "-o", "out.h5", "--preview", "--set", "study.particles=6400", "--threads", 2)
    with h5py.File(lab.path("out.h5"), "r") as file:
        assert file["tasks/count"][:].tolist() == [64] * 18
    lab.check("run", "study.toml", "-o", "few.h5", "--preview", "--threads", 2)
    with h5py.File(lab.path("few.h5"), "r") as file:
        assert file["tasks/count"][:].tolist() == [32] * 18, "at least a tile"
    lab.verify("few.h5")


def test_particles_that_fail_are_recorded_and_counted(lab):
    """sigma_max is so large that some particles overflow at the start and others on their way."""
    text = lab.path("study.toml").read_text().replace("steps = [6, 12, 24]", "steps = 8\nsigma_max = 1e308")
    lab.write("study.toml", text.replace('quantities = ["positions", "spectrum", "log_density", "likelihood"]',
                                         'quantities = ["positions"]'))  # fmt: skip
    lab.check("run", "study.toml", "-o", "out.h5", "--threads", 2, code=DONE)  # data, not an error
    lab.verify("out.h5")
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", code=DONE)
    seen = 0
    with h5py.File(lab.path("out.h5"), "r") as file:
        for group in file["results"].values():
            failures, count = group["failures"][:], group["count"][:]
            sizes = numpy.array([64, 64, 22])[None, :]
            assert (failures[..., 1] == 0).all() and (failures.sum(-1) <= sizes).all()
            levels = numpy.isfinite(group["sigma"][:])
            last = numpy.array([count[p, :, numpy.flatnonzero(levels[p])[-1]] for p in range(len(count))])
            assert (last + failures.sum(-1) == sizes).all()
            kept = group["particle_status"][:]
            assert set(numpy.unique(kept)) <= {0, 1}
            # The first block keeps all of its particles: counted is what is recorded.
            assert ((kept[:, :64] == 1).sum(1) == failures[:, 0, 0]).all()
            seen += int(failures.sum())
    assert seen > 0


# status, verify, diff, aggregate


def test_status(finished, reference):
    status = finished.json("status", "out.h5", "--json")
    assert list(status) == [
        "part", "total", "done", "failed", "pending", "tasks_per_second", "remaining_seconds", "ranks", "failures",
        "analysis_parts", "analysis_parts_done", "writer", "sessions",
    ]  # fmt: skip
    assert (status["total"], status["done"], status["failed"], status["pending"]) == (TASKS, TASKS, 0, 0)
    assert status["tasks_per_second"] > 0 and status["failures"] == []
    (share,) = status["ranks"]
    assert list(share) == ["rank", "tasks", "seconds", "wait_seconds"]
    assert (share["rank"], share["tasks"]) == (0, TASKS)
    assert f"{TASKS} of {TASKS} tasks done" in finished.check("status", "out.h5").out
    text = finished.check("status", reference).out
    assert "1 failed" in text and "task 17 failed: fault on demand" in text


def test_status_of_a_file_without_finished_tasks_is_json_too(lab):
    lab.check("run", "study.toml", "-o", "out.h5", "--max-time", "0.01", code=STOPPED)
    status = lab.json("status", "out.h5", "--json")
    assert (status["done"], status["pending"], status["remaining_seconds"]) == (0, TASKS, None)


def damage(path, name, place, change):
    with h5py.File(path, "r+") as file:
        data = file[name]
        data[place] = change(data[place])


def test_verify_names_damage_and_repair_makes_it_good(finished, lab):
    shutil.copy(finished.path("out.h5"), lab.path("out.h5"))
    shutil.copy(finished.path("out.h5"), lab.path("whole.h5"))
    assert f"{TASKS} done" in lab.verify("out.h5")
    damage(lab.path("out.h5"), "results/dim3_levels5/positions_mean", (1, 2, 0, 0), lambda v: v * (1 + 1e-13))
    found = lab.check("verify", "out.h5", code=FAILED)
    task = [i for i in range(TASKS) if i // 3 == 6 + 1 and i % 3 == 2][0]  # points in order, three blocks each
    assert f"task {task}, row positions_mean" in found.out and "1 problem" in found.out
    refused = lab.check("run", "study.toml", "-o", "out.h5", "--resume", code=USAGE)
    assert "damaged" in refused.err and "--repair" in refused.err

    assert "positions_mean" in lab.check("diff", "out.h5", "whole.h5", code=FAILED).out
    lab.check("diff", "out.h5", "whole.h5", "--rtol", 1e-9, code=DONE)
    lab.check("diff", "out.h5", "whole.h5", "--rtol", 1e-15, code=FAILED)

    lab.check("verify", "out.h5", "--repair", code=FAILED)
    lab.verify("out.h5")
    flags = statuses(lab.path("out.h5"))
    assert flags[task] == 0 and (flags == 1).sum() == TASKS - 1
    assert lab.check("diff", "out.h5", "whole.h5", code=FAILED).out
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--threads", 2)
    lab.assert_same("out.h5", "whole.h5")


def test_verify_finds_a_changed_record_and_status(finished, lab):
    for name, value in (("tasks/rank", 3), ("tasks/status", 2), ("tasks/seconds", 1e3)):
        shutil.copy(finished.path("out.h5"), lab.path("out.h5"))
        damage(lab.path("out.h5"), name, 5, lambda _, value=value: value)
        assert "task 5" in lab.check("verify", "out.h5", code=FAILED).out


def test_diff_sees_results_and_not_provenance(finished, lab, reference):
    shutil.copy(finished.path("out.h5"), lab.path("a.h5"))
    lab.check("run", "study.toml", "-o", "b.h5", ranks=2)  # other ranks, other times
    same = lab.check("diff", "a.h5", "b.h5")
    assert same.out == same.err == ""
    lab.check("run", "study.toml", "-o", "c.h5", "--set", "study.seed=8", "--threads", 2)
    assert lab.check("diff", "a.h5", "c.h5", code=FAILED).out
    lab.check("run", "study.toml", "-o", "d.h5", "--set", "schedule.edm.steps=[6, 12]", "--threads", 2)
    assert lab.check("diff", "a.h5", "d.h5", code=FAILED).out
    assert lab.check("diff", "a.h5", reference, code=FAILED).out  # one task is not done there


def test_aggregate_merges_blocks(finished):
    finished.check("aggregate", "out.h5", "-o", "summary.h5")
    with h5py.File(finished.path("out.h5"), "r") as blocks, h5py.File(finished.path("summary.h5"), "r") as summary:
        assert list(blocks["results"]) == list(summary["results"])
        for name in blocks["results"]:
            ours, theirs = summary["results"][name], blocks["results"][name]
            count = theirs["count"][:].astype(float)
            assert (ours["count"][:] == count.sum(1)).all()
            for field in ("positions", "spectrum", "log_density"):
                weight = count[..., None] if theirs[f"{field}_mean"].ndim == 4 else count
                mean = numpy.nansum(weight * theirs[f"{field}_mean"][:], 1) / weight.sum(1)
                numpy.testing.assert_allclose(ours[f"{field}_mean"][:], mean, rtol=1e-10, atol=1e-12)
                assert (ours[f"{field}_bins"][:] == theirs[f"{field}_bins"][:].astype("u8").sum(1)).all()
                between = weight * (theirs[f"{field}_mean"][:] - mean[:, None]) ** 2
                variance = numpy.nansum(theirs[f"{field}_m2"][:] + between, 1) / (weight.sum(1) - 1)
                numpy.testing.assert_allclose(ours[f"{field}_variance"][:], variance, rtol=1e-9, atol=1e-14)
    first = finished.path("summary.h5").read_bytes()
    finished.check("aggregate", "out.h5", "-o", "summary.h5")
    assert finished.path("summary.h5").read_bytes() == first, "the same bits again"


# eval and trace


def test_eval(lab):
    words = ["eval", "study.toml", "--distribution", "normal", "--sigma", 0.5, "--at", "1,-2"]
    seen = lab.json(*words)
    assert list(seen) == [
        "x", "sigma", "log_density", "mean", "score", "covariance", "jacobian_eigenvalues",
    ]  # fmt: skip
    # Independent axes: everything in closed form.
    variance, x, noise = numpy.array([4.0, 0.25]), numpy.array([1.0, -2.0]), 0.25
    near = dict(rel=1e-13)
    assert seen["x"] == [1, -2] and seen["sigma"] == 0.5
    density = -0.5 * (x**2 / (variance + noise) + numpy.log(2 * math.pi * (variance + noise))).sum()
    assert seen["log_density"] == pytest.approx(density, **near)
    assert seen["mean"] == pytest.approx((x * variance / (variance + noise)).tolist(), **near)
    assert seen["score"] == pytest.approx((-x / (variance + noise)).tolist(), **near)
    covariance = variance * noise / (variance + noise)
    assert numpy.allclose(seen["covariance"], numpy.diag(covariance), rtol=1e-13, atol=1e-16)
    assert seen["jacobian_eigenvalues"] == pytest.approx(sorted(1 - covariance / noise), **near)
    lab.write("point.txt", "1\n-2\n")
    assert lab.json(*words[:-1], "@point.txt") == seen
    assert lab.json(*words[:-1], "-1,2")["x"] == [-1, 2], "a leading minus is no option"
    changed = lab.json(*words, "--set", "distribution.normal.variances=[1, 1]")
    assert changed["log_density"] != seen["log_density"]


@pytest.mark.parametrize(
    "command",
    [["eval", "--sigma", "1", "--at", "0,0"], ["trace", "--from", "0,0", "--solver", "heun"]],
    ids=lambda command: command[0],
)
def test_a_swept_label_lists_the_axes_to_set(lab, command):
    sweep = ["--set", "distribution.ring.count=[4, 8]", "--set", "distribution.ring.radius=[1, 2]"]
    refused = lab.check(*command, "study.toml", *sweep, "--distribution", "ring", code=USAGE)
    assert refused.out == ""
    for axis in ("count (2 values)", "radius (2 values)"):
        assert f"distribution.ring.{axis}" in refused.err
    assert "--set distribution.ring.count=4" in refused.err


def test_a_swept_schedule_lists_its_axes(lab):
    words = ["trace", "study.toml", "--distribution", "ring", "--solver", "heun", "--from", "0,0"]
    refused = lab.check(*words, code=USAGE)
    assert "schedule.edm.steps (3 values)" in refused.err and "--set schedule.edm.steps=6" in refused.err


def test_trace_prints_the_steps_of_the_grid(lab):
    seen = lab.json("trace", "study.toml", "--distribution", "ring", "--solver", "heun", "--from", "30,-12", *FIXED)
    assert list(seen) == ["steps"] and len(seen["steps"]) == 12
    assert all(list(step) == ["sigma", "x", "jacobian_eigenvalues", "log_density"] for step in seen["steps"])
    sigmas = [step["sigma"] for step in seen["steps"]]
    assert sigmas == sorted(sigmas, reverse=True) and sigmas[0] == 80 and sigmas[-1] == pytest.approx(0.002)
    assert seen["steps"][0]["x"] == [30, -12]
    assert all(step["jacobian_eigenvalues"] == sorted(step["jacobian_eigenvalues"]) for step in seen["steps"])


@pytest.mark.parametrize("distribution, solver", [("ring", "euler"), ("two", "heun"), ("normal", "heun")])
def test_trace_and_eval_agree_with_stored_rows(finished, distribution, solver):
    """From the stored start of a particle: the same positions, spectra and densities at the recorded levels."""
    with h5py.File(finished.path("out.h5"), "r") as file:
        points = file["points"]
        (point,) = [
            i
            for i in range(len(points["id"]))
            if points["distribution"].asstr()[i] == distribution
            and points["solver"].asstr()[i] == solver
            and points["schedule.edm.steps"][i] == 12
        ]
        group = file["results"][list(file["results"])[points["group"][point]]]
        row = int(points["row"][point])
        sigma = group["sigma"][row]
        stored = {name: group[name][row] for name in ("positions", "spectrum", "log_density")}
    for particle in (0, 31, 69):
        start = ",".join(repr(x) for x in stored["positions"][particle, 0].tolist())
        trace = finished.json("trace", "study.toml", "--distribution", distribution, "--solver", solver,
                              f"--from={start}", *FIXED)  # fmt: skip
        steps = {step["sigma"]: step for step in trace["steps"]}
        compared = 0
        for level in numpy.flatnonzero(numpy.isfinite(sigma)):
            step = steps[sigma[level]]
            here = {name: values[particle, level] for name, values in stored.items()}
            close = lambda a, b: numpy.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
            close(step["x"], here["positions"])
            close(step["jacobian_eigenvalues"], here["spectrum"])
            close(step["log_density"], here["log_density"])
            at = ",".join(repr(x) for x in here["positions"].tolist())
            seen = finished.json("eval", "study.toml", "--distribution", distribution, f"--at={at}",
                                 "--sigma", repr(float(sigma[level])))  # fmt: skip
            close(seen["jacobian_eigenvalues"], here["spectrum"])
            close(seen["log_density"], here["log_density"])
            compared += 1
        assert compared >= 4


def test_a_solver_that_follows_no_flow_cannot_be_traced(lab):
    text = lab.path("study.toml").read_text().replace('kind = "euler"', 'kind = "marginal"')
    lab.write("study.toml", text.replace(', "likelihood"', ""))
    refused = lab.check("trace", "study.toml", "--distribution", "ring", "--solver", "marginal", "--from", "1,2",
                        *FIXED, code=USAGE)  # fmt: skip
    assert "follows no flow" in refused.err
