"""The same bits on any number of ranks and threads, uninterrupted or killed and resumed on another layout."""

import h5py
import numpy
import pytest

from conftest import DONE, FAULTY, FULL, STUDY, TASK_FAILED, TASKS, THROW, flags_watch, sessions, statuses, wait_until

LAYOUTS = [(ranks, threads) for ranks in (1, 2, 3, 5) for threads in (1, 2, 4)]
CHOSEN = LAYOUTS if FULL else [(1, 4), (2, 2), (3, 1), (5, 2)]
SLOWLY = f"{THROW},sleep@*=0.03"  # so that no rank can take all the work before the others have started


def name_of(layout):
    return f"{layout[0]}x{layout[1]}"


def run_on(lab, layout, output, *words, code=TASK_FAILED):
    ranks, threads = layout
    return lab.check("run", "study.toml", "-o", output, "--threads", threads, "--epoch", 0.5, *words,
                     ranks=ranks, fault=SLOWLY, code=code)  # fmt: skip


def working_ranks(path):
    with h5py.File(path, "r") as file:
        return set(file["tasks/rank"][:].tolist())


def test_the_study_is_what_these_tests_need(lab):
    plan = lab.json("plan", "study.toml", "--json")
    assert plan["tasks"] == TASKS >= 40
    lab.check("run", "study.toml", "-o", "out.h5", "--quiet", "--threads", 1)
    with h5py.File(lab.path("out.h5"), "r") as file:
        cost, count = file["tasks/predicted_seconds"][:], file["tasks/count"][:]
    assert len(set(cost[count == count.max()].tolist())) >= 3
    assert set(count.tolist()) == {64, 22}
    assert "particles = 150" in STUDY and 150 % 32 != 0 and 150 % 64 != 0


@pytest.mark.parametrize("layout", CHOSEN, ids=name_of)
def test_uninterrupted(lab, reference, layout):
    run_on(lab, layout, "out.h5")
    lab.verify("out.h5")
    lab.assert_same("out.h5", reference)
    if layout[0] > 1:
        assert len(working_ranks(lab.path("out.h5"))) > 1, "one rank did all the work"
    (session,) = sessions(lab.path("out.h5"))
    assert (session["ranks"], session["threads"], session["exit_code"]) == (*layout, TASK_FAILED)
    assert 0.0 < session["end"] - session["start"] < 60.0


@pytest.mark.parametrize("layout", CHOSEN, ids=name_of)
def test_killed_and_resumed_on_another_layout(lab, reference, moments, layout):
    other = LAYOUTS[(LAYOUTS.index(layout) + 5) % len(LAYOUTS)]
    out = lab.path("out.h5")
    # The more workers sleep side by side, the longer each: the tasks must outlast several epochs to be killed between.
    slowly = f"{THROW},sleep@*={0.03 * layout[0] * layout[1]:.2f}"
    job = lab.start("run", "study.toml", "-o", "out.h5", "--threads", layout[1], "--epoch", 0.05,
                    ranks=layout[0], fault=slowly)  # fmt: skip
    wait_until(out.exists, "the file")
    flagged, enough = flags_watch(out), moments.randint(1, TASKS // 2)
    wait_until(lambda: flagged() >= enough or not job.running(), "done flags")
    job.kill()
    before = statuses(out)
    assert 0 < numpy.count_nonzero(before) < TASKS, "killed too late or too early to tell anything"
    lab.verify("out.h5")
    run_on(lab, other, "out.h5", "--resume")
    lab.verify("out.h5")
    lab.assert_same("out.h5", reference)
    first, second = sessions(out)
    assert (first["ranks"], first["threads"], first["exit_code"], first["end"]) == (*layout, -1, 0.0)
    assert (second["ranks"], second["threads"], second["exit_code"]) == (*other, TASK_FAILED)
    with h5py.File(out, "r") as file:
        session = file["tasks/session"][:]
    # What was done before the kill was not computed again.
    assert (session[before != 0] == 0).all() and (session[before == 0] == 1).all()


def test_one_failing_task_ends_nothing_and_is_recorded(lab, reference):
    status = lab.json("status", reference, "--json")
    assert (status["done"], status["failed"], status["pending"]) == (TASKS - 1, 1, 0)
    (failure,) = status["failures"]
    assert failure["task"] == FAULTY and "fault on demand" in failure["message"]


@pytest.mark.parametrize("ranks", [1, 3])
def test_a_failed_task_is_computed_again_when_asked(lab, reference, ranks):
    run_on(lab, (ranks, 2), "out.h5")
    again = ["run", "study.toml", "-o", "out.h5", "--resume"]
    lab.check(*again, ranks=ranks, code=TASK_FAILED)  # a resume alone leaves failed tasks alone
    assert statuses(lab.path("out.h5"))[FAULTY] == 2
    lab.check(*again, "--retry-failed", ranks=ranks, code=DONE)
    lab.verify("out.h5")
    assert (statuses(lab.path("out.h5")) == 1).all()
    lab.check("run", "study.toml", "-o", "whole.h5", code=DONE)
    lab.assert_same("out.h5", "whole.h5")
    assert lab.check("diff", "out.h5", reference, code=1).out != ""
