"""Ranks that hang: at the start, before MPI, in the middle. The others name them and end the job; the file resumes. Ranks
that are only late are waited for, and who waits sleeps."""

import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from conftest import DONE, FULL, TASKS, flags_watch, program, wait_for_session, wait_until
from test_ranks import ONE_TASK, single


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("hung", [1, 0] if FULL else [1])
def test_a_rank_that_stops_in_the_middle_is_named(lab, hung):
    out = lab.path("out.h5")
    job = lab.start("run", "study.toml", "-o", "out.h5", "--threads", 1, "--epoch", 0.1, "--patience", 1, "--quiet",
                    ranks=3, fault="sleep@*=0.05")  # fmt: skip
    pids = job.rank_pids()
    wait_for_session(out)
    flagged = flags_watch(out)
    wait_until(lambda: flagged() > 0, "a flag")
    os.kill(pids[hung], signal.SIGSTOP)
    stopped = time.monotonic()
    job.wait()
    assert job.code not in (DONE, None)
    accusations = re.findall(r"rank (\d) on \S+ \(it hangs", job.err)
    assert accusations and set(accusations) == {str(hung)}, job.err
    assert time.monotonic() - stopped < 40, "patience, the time to answer, and the end of the job"
    lab.verify("out.h5")
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--threads", 2, code=DONE)
    lab.check("run", "study.toml", "-o", "whole.h5", "--threads", 2, code=DONE)
    lab.assert_same("out.h5", "whole.h5")


def test_a_rank_that_hangs_at_the_start_is_named(lab):
    job = lab.run("run", "study.toml", "-o", "out.h5", "--patience", 1, ranks=3, fault="hang@start=1")
    assert job.code not in (DONE, None)
    assert re.search(r"rank 1 (of 3 )?on \S+: reading and planning the study has taken 1 s", job.err) or re.search(
        r"'the end of reading and planning the study' within 1 s: rank 1 on", job.err
    ), job.err
    assert not lab.path("out.h5").exists()


def test_a_rank_that_never_starts(lab):
    """The others wait inside MPI_Init, where nobody can ask who is missing: the alarm ends them."""
    words = f"{program()} run study.toml -o out.h5 --patience 2"
    script = f'if [ "$OMPI_COMM_WORLD_RANK" = 1 ]; then exec sleep 120; fi; exec {words}'
    began = time.monotonic()
    done = subprocess.run(["mpirun", "-n", "3", "bash", "-c", script], cwd=lab.folder, env=lab.environment("", {}),
                          capture_output=True, text=True, timeout=100)  # fmt: skip
    assert done.returncode != DONE
    assert re.search(r"rank [02] of 3 on \S+: the start of MPI on all ranks has taken 2 s", done.stderr), done.stderr
    assert time.monotonic() - began < 60
    assert not lab.path("out.h5").exists()


def test_a_late_rank_is_waited_for(lab):
    """Longer than the patience of the others, shorter than the time to answer."""
    study = single(lab)
    words = ["--set", "study.particles=96", "--set", "schedule.edm.steps=6", "--set", "study.block=32"]
    lab.check("run", study, "-o", "out.h5", "--threads", 1, "--epoch", 0.1, "--patience", 0.5, *words, ranks=3,
              fault="sleep@1=2.5", code=DONE)  # fmt: skip
    lab.verify("out.h5")


def test_bad_patience_is_refused(lab):
    job = lab.run("run", "study.toml", "-o", "out.h5", "--patience", -1)
    assert job.code == 2 and "--patience" in job.err


def test_who_waits_sleeps(lab):
    """One task for three ranks: two have nothing to do for seconds."""
    study = single(lab)
    job = lab.start("run", study, "-o", "out.h5", "--threads", 1, "--epoch", 1, *ONE_TASK, ranks=3, fault="sleep@*=4")
    pids = job.rank_pids()
    wait_for_session(lab.path("out.h5"))
    time.sleep(0.3)
    before, began = [cpu_seconds(pid) for pid in pids], time.monotonic()
    time.sleep(3.0)
    used = [(cpu_seconds(pid) - start) / (time.monotonic() - began) for pid, start in zip(pids, before)]
    assert job.wait().code == DONE
    print(f"[claim] idle-processor {max(used):.3f}")
    assert max(used) < 0.2, "the rank that works sleeps on demand as well"
