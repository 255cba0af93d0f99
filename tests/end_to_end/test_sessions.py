"""Which job wrote a result file, as `status` and the lock tell it."""

import time

from conftest import DONE, STOPPED, USAGE, wait_for_session

ARRAY_TASK = {"SLURM_JOB_ID": "12", "SLURM_ARRAY_JOB_ID": "10", "SLURM_ARRAY_TASK_ID": "3"}


def test_sessions_tell_job_layout_and_end(lab):
    before = time.time()
    lab.check("run", "study.toml", "-o", "out.h5", "--max-time", "0.01", "--threads", 3, code=STOPPED)
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--threads", 1, ranks=2, env={"SLURM_JOB_ID": "17"})
    status = lab.json("status", "out.h5", "--json")
    assert status["writer"] is None
    first, second = status["sessions"]
    assert (first["job"], first["ranks"], first["threads"], first["exit_code"]) == ("", 1, 3, STOPPED)
    assert (second["job"], second["ranks"], second["threads"], second["exit_code"]) == ("17", 2, 1, DONE)
    assert before <= first["start"] <= first["end"] <= second["start"] <= second["end"] <= time.time()
    text = lab.check("status", "out.h5").out
    assert "session 2: job 17, 2 ranks x 1 thread on " in text and "ended with exit code 0" in text
    assert "being written" not in text


def test_a_living_job_is_named_by_status_and_to_a_second_one(lab):
    """An array task by the id under which squeue and scancel know it."""
    job = lab.start("run", "study.toml", "-o", "out.h5", fault="sleep@*=5", env=ARRAY_TASK)
    wait_for_session(lab.path("out.h5"))
    status = lab.json("status", "out.h5", "--json")
    assert status["writer"]["pid"] == job.process.pid and status["writer"]["job"] == "10_3"
    assert 0 <= status["writer"]["heartbeat_seconds"] < 60
    assert status["sessions"][0]["job"] == "10_3" and status["sessions"][0]["end"] is None
    text = lab.check("status", "out.h5").out
    assert f"being written by job 10_3, process {job.process.pid} on " in text and "did not end" not in text
    refused = lab.check("run", "study.toml", "-o", "out.h5", "--resume", code=USAGE).err
    assert "job 10_3, last heard of" in refused
    job.kill()
    status = lab.json("status", "out.h5", "--json")
    assert status["writer"] is None and status["sessions"][0]["exit_code"] is None
    assert "did not end by itself" in lab.check("status", "out.h5").out
