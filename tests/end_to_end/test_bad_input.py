"""Bad input: broken studies, results that are none, names that would lead out of a folder. Always an error, soon, with a
message that names the place; never a crash, never a byte written."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

import h5py
import pytest

from broken_studies import CASES, GOOD, fifo, folder, law, link_to, unix_socket
from conftest import DONE, FAILED, FULL, LIMIT, USAGE, Lab, program

MOST_SECONDS = 30.0  # for any refusal, on a busy machine
MOST_BYTES = 2 << 30  # of memory
RUN_EVERY = 1 if FULL else 25  # `run` starts MPI, which takes a third of a second
refused, longest, touched = set(), {}, []


def snapshot(path):
    """Every file below a folder: its contents, size and time of change. Nothing is opened that is no file."""
    out = {}
    for item in sorted(path.rglob("*")):
        status = item.lstat()
        regular = item.is_file() and not item.is_symlink()
        out[item.relative_to(path)] = (status.st_mode, status.st_mtime_ns, item.read_bytes() if regular else None)
    return out


def measured(lab, *words):
    """Exit code, what was printed, seconds and bytes of memory of a command."""
    started = time.monotonic()
    with subprocess.Popen([program(), *words], cwd=lab.folder, env=lab.environment("", None), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # fmt: skip
        try:
            out, err = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            pytest.fail(f"{words} did not end within {LIMIT} s")
    return process.returncode, out, err, time.monotonic() - started


def check_refusal(case, code, out, err):
    message = err.decode()  # what it prints is UTF-8, whatever it read
    assert code == USAGE, f"exit code {code}: {message}"
    assert out == b""
    assert message.startswith("sigmaflow: ") and message.endswith("\n") and message.count("\n") == 1, message
    assert all(character.isprintable() for character in message[:-1]), f"{message!r} has power over a terminal"
    assert len(message) < 3000, f"a message of {len(message)} characters"
    place = case.place()
    if place is not None:
        assert message.startswith("sigmaflow: " + place), f"{message}\nnot at {place}"
    for fragment in case.expect:
        assert fragment in message, f"{message}\ndoes not say: {fragment}"


def write(case, lab):
    text = case.text.encode() if isinstance(case.text, str) else case.text
    lab.path("study.toml").write_bytes(text)
    for name, content in case.files.items():
        if callable(content):
            content(lab.path(name))
        else:
            lab.path(name).write_bytes(content)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A small finished result."""
    lab = Lab(tmp_path_factory.mktemp("result"))
    lab.write("good.toml", "[study]\nparticles = 40\n" + GOOD)
    lab.check("run", "good.toml", "-o", "good.h5", "--quiet")
    lab.verify("good.h5")
    yield lab.path("good.h5")
    lab.close()


def test_the_names_of_the_cases_differ():
    assert len({case.name for case in CASES}) == len(CASES) >= 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_study_is_refused(lab, case):
    write(case, lab)
    before = snapshot(lab.folder)
    code, out, err, seconds = measured(lab, "plan", "study.toml", *case.words)
    check_refusal(case, code, out, err)
    assert snapshot(lab.folder) == before
    assert seconds < MOST_SECONDS
    refused.add(case.name)
    longest[case.name] = seconds


@pytest.mark.parametrize("case", CASES[::RUN_EVERY], ids=lambda case: case.name)
def test_a_broken_study_touches_no_output(lab, case, result):
    """Neither with --overwrite an existing result, nor is a new one begun, by the command or the default name."""
    write(case, lab)
    shutil.copy(result, lab.path("out.h5"))
    before = snapshot(lab.folder)
    for output in (["-o", "out.h5", "--overwrite"], ["-o", "new.h5"], [])[: 3 if FULL else 1]:
        code, out, err, _ = measured(lab, "run", "study.toml", *output, *case.words)
        check_refusal(case, code, out, err)
        touched.append(snapshot(lab.folder) != before)
        assert not touched[-1]


def test_claims_of_the_table():
    """Last of those above: what they add up to."""
    if len(refused) < len(CASES):
        pytest.skip("only with the whole table")
    slowest = max(longest, key=longest.get)
    print(f"\n[claim] broken-studies {len(CASES)}\n[claim] broken-studies-missed {len(CASES) - len(refused)}")
    print(f"[claim] broken-studies-touched {sum(touched)}\nof {len(touched)} runs")
    print(f"[claim] broken-studies-seconds {longest[slowest]:.3f} ({slowest})")


def test_memory_of_a_refusal_is_bounded(lab):
    """The largest texts and tables that are read at all, under a limit of the address space."""
    names = ["brackets_100_mb", "string_of_10_mb", "values_4_mb", "gaussian_of_a_million_dimensions", "axis_of_a_million_texts", "file_is_dev_zero", "table_file_is_dev_zero",
             "hdf5_1e18_numbers", "npy_huge_shape", "sweep_overflows_64_bits", "axes_too_long_together", "key_of_a_megabyte"]  # fmt: skip
    for case in [case for case in CASES if case.name in names]:
        write(case, lab)
        limited = ["/bin/bash", "-c", f'ulimit -v {MOST_BYTES >> 10}; exec "$@"', "limited", program(), "plan", "study.toml"]
        done = subprocess.run(limited, cwd=lab.folder, capture_output=True, timeout=LIMIT)
        check_refusal(case, done.returncode, done.stdout, done.stderr)
        for name in case.files:
            lab.path(name).unlink(missing_ok=True)


# What stands in the place of a study or a result

NO_FILES = {"folder": folder, "fifo": fifo, "socket": unix_socket, "zero": link_to("/dev/zero"), "null": link_to("/dev/null"),
            "dangling": link_to("nothing"), "circle": link_to("thing")}  # fmt: skip
READERS = {
    "status": ["status", "thing"],
    "verify": ["verify", "thing"],
    "repair": ["verify", "--repair", "thing"],
    "diff": ["diff", "thing", "good.h5"],
    "diff_second": ["diff", "good.h5", "thing"],
    "aggregate": ["aggregate", "thing", "-o", "summary.h5"],
    "aggregate_into": ["aggregate", "good.h5", "-o", "thing"],
    "resume": ["run", "good.toml", "-o", "thing", "--resume"],
    "reuse": ["run", "good.toml", "-o", "out.h5", "--reuse", "thing"],
    "run_into": ["run", "good.toml", "-o", "thing"],
    "overwrite": ["run", "good.toml", "-o", "thing", "--overwrite"],
    "plan": ["plan", "thing"],
    "run": ["run", "thing", "-o", "out.h5"],
    "eval": ["eval", "thing", "--sigma", "1", "--at", "0,0"],
    "eval_at": ["eval", "good.toml", "--sigma", "1", "--at", "@thing"],
    "modes": ["modes", "thing", "--sigma", "1"],
    "branches": ["branches", "thing"],
    "trace": ["trace", "thing", "--from", "0,0"],
}
WRITERS = {"resume", "run_into", "overwrite", "aggregate_into"}
STUDIES = {"plan", "run", "eval", "eval_at", "modes", "branches", "trace"}  # may be pipes, which are waited for


def pairs():
    """Every command with everything that is no file; a sample of them without FULL."""
    for i, reader in enumerate(READERS):
        for j, what in enumerate(NO_FILES):
            quick = what == "fifo" and (reader not in STUDIES or reader == "plan")
            if FULL or quick or ((i + j) % 3 == 0 and what != "fifo"):
                yield reader, what


@pytest.mark.parametrize("reader, what", pairs())
def test_what_is_no_file_is_refused(lab, result, what, reader):
    lab.write("good.toml", "[study]\nparticles = 40\n" + GOOD)
    shutil.copy(result, lab.path("good.h5"))
    NO_FILES[what](lab.path("thing"))
    before = snapshot(lab.folder)
    code, out, err, seconds = measured(lab, *READERS[reader])
    assert code == USAGE, f"exit code {code}: {err.decode()}"
    assert err.startswith(b"sigmaflow: ") and b"thing" in err, err
    assert seconds < MOST_SECONDS
    assert snapshot(lab.folder) == before


@pytest.mark.parametrize("reader", ["status", "verify", "repair", "diff", "diff_second", "aggregate", "resume", "reuse"] if FULL else ["status", "verify", "diff_second"])
def test_damaged_results_are_refused(lab, result, reader):
    """Cut off, empty, with flipped bytes of header and metadata, or other files altogether."""
    lab.write("good.toml", "[study]\nparticles = 40\n" + GOOD)
    shutil.copy(result, lab.path("good.h5"))
    whole = result.read_bytes()
    with h5py.File(result, "r") as file:
        text = file["study"].id.get_offset()
    damaged = {"empty": b"", "text": b"hello\n", "zeros": bytes(2000), "magic": whole[:8], "header": whole[:56], "user_block": whole[:512],
               "half": whole[: len(whole) // 2], "one_byte_less": whole[:-1], "one_byte_more": whole + b"\0"}  # fmt: skip
    for offset in (0, 8, 12, 16, 24, 32, 40, 48, 56, 511, 512, 520, 560, 600, 2000, text):
        damaged[f"flipped_{offset}"] = whole[:offset] + bytes([whole[offset] ^ 0x10]) + whole[offset + 1 :]
    for name, content in damaged.items():
        lab.path("thing").write_bytes(content)
        before = snapshot(lab.folder)
        code, _, err, seconds = measured(lab, *READERS[reader])
        allowed = (FAILED, USAGE) if reader in ("verify", "repair") else (USAGE,)
        assert code in allowed, f"{name}: exit code {code}: {err.decode()}"
        assert seconds < MOST_SECONDS
        assert snapshot(lab.folder) == before, name


def test_damaged_tables_of_points(lab):
    """HDF5 crashes on some flipped bits of a file that is not ours, and hangs on others: it is tried in a copy first."""
    lab.write("study.toml", law("points", 'file = "data.h5"\ndataset = "points"\nlabels = "l"'))
    with h5py.File(lab.path("data.h5"), "w") as file:
        file["points"] = [[float(2 * i), float(2 * i + 1)] for i in range(10)]
        file["l"] = ["a", "b"] * 5
    whole = lab.path("data.h5").read_bytes()
    places = [(at, bits) for at in range(0, 2048, 1 if FULL else 64) if whole[at] for bits in (0x01, 0x80)]
    known = [(920, 0x01), (2392, 0xFF)]  # a crash, and a loop without end
    codes = set()
    for at, bits in places + (known if FULL else known[:1]):
        lab.path("data.h5").write_bytes(whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :])
        code, _, err, seconds = measured(lab, "eval", "study.toml", "--sigma", "1", "--at", "0,0")
        assert code in (DONE, USAGE), f"byte {at}: exit code {code}: {err.decode()}"
        assert seconds < MOST_SECONDS
        codes.add(code)
    assert USAGE in codes


# Paths

def test_a_slip_in_the_output_costs_nothing(lab, result):
    """-o with a study, a table, a device or a folder in it: refused, whatever --overwrite says."""
    lab.write("good.toml", "[study]\nparticles = 40\n" + GOOD)
    lab.write("data.csv", "1,2\n3,4\n")
    with h5py.File(lab.path("data.h5"), "w") as file:
        file["points"] = [[1.0, 2.0]]
    before = snapshot(lab.folder)
    for target in ("good.toml", "data.csv", "data.h5", ".", "/dev/null"):
        refused = lab.check("run", "good.toml", "-o", target, "--overwrite", code=USAGE)
        assert "cannot" in refused.err
        assert snapshot(lab.folder) == before
    shutil.copy(result, lab.path("good.h5"))
    before = snapshot(lab.folder)
    for target in ("good.toml", "data.csv", "good.h5", ".", "/dev/null"):
        assert "cannot" in lab.check("aggregate", "good.h5", "-o", target, code=USAGE).err
        assert snapshot(lab.folder) == before
    assert pathlib.Path("/dev/null").is_char_device()


def test_links_beside_the_output_lead_nowhere(lab):
    """OUT.h5.partial and OUT.h5.lock are the program's own names: what a link there points at is not written to."""
    lab.write("good.toml", "[study]\nparticles = 40\n" + GOOD)
    lab.write("precious.txt", "precious")
    lab.path("out.h5.partial").symlink_to("precious.txt")
    lab.check("run", "good.toml", "-o", "out.h5", "--quiet")
    lab.verify("out.h5")
    lab.path("out.h5.lock").symlink_to("precious.txt")
    assert "out.h5.lock" in lab.check("run", "good.toml", "-o", "out.h5", "--resume", code=USAGE).err
    assert lab.path("precious.txt").read_text() == "precious"


def test_the_default_output_lies_in_this_folder(lab):
    """Its name is that of the study, which is a name, or that of the study file, made one."""
    lab.path("sub").mkdir()
    odd = "sub/..a b\x1b[2J\n.toml"
    lab.path(odd).write_text("[study]\nparticles = 40\n" + GOOD)
    done = lab.check("run", odd)
    assert "\x1b" not in done.err and done.err.isprintable() is False  # line ends alone
    assert all(character.isprintable() or character == "\n" for character in done.err)
    names = sorted(path.name for path in lab.folder.iterdir())
    assert names == ["__a_b__2J_.h5", "study.toml", "sub"]
    assert [path.name for path in lab.path("sub").iterdir()] == [pathlib.Path(odd).name]
    with h5py.File(lab.path("__a_b__2J_.h5"), "r") as file:
        everything = []
        file.visit(everything.append)
        assert not any(".." in name or "\x1b" in name for name in everything)


def test_messages_of_strange_paths_are_harmless(lab):
    for name in ("a\x1b[2J.toml", "a\nsigmaflow: all is well.toml", os.fsdecode(b"a\xff.toml"), "a\u202e.toml"):
        for words in (["plan", name], ["run", name], ["status", name], ["verify", name], ["diff", name, name]):
            code, out, err, _ = measured(lab, *words)
            message = err.decode()
            assert code == USAGE and out == b""
            assert message.count("\n") == 1 and message[:-1].isprintable(), message


def test_a_study_through_a_pipe(lab):
    """Pipes are read like files, as in `sigmaflow example toy | sigmaflow plan /dev/stdin`."""
    piped = subprocess.run([program(), "plan", "/dev/stdin"], input=GOOD, capture_output=True, text=True, timeout=LIMIT)
    assert piped.returncode == DONE and "1 points" in piped.stdout


def test_a_folder_whose_name_is_no_text(lab):
    """Bytes that are no UTF-8 are a name to the system: they are read, and stand in JSON and in the result as best they can."""
    sub = lab.folder / os.fsdecode(b"d\xff\x1b")
    sub.mkdir()
    (sub / "data.csv").write_text("1,2\n3,4\n")
    (sub / "study.toml").write_text("[study]\nparticles = 40\n" + law("points", 'file = "data.csv"'))
    study = f"{sub.name}/study.toml"
    assert lab.json("plan", study, "--json")["study"] == "study"
    assert lab.json("eval", study, "--sigma", "1", "--at", "0,0")["x"] == [0, 0]
    lab.check("run", study, "-o", "out.h5", "--quiet")
    lab.verify("out.h5")
    with h5py.File(lab.path("out.h5"), "r") as file:
        assert b"data.csv" in bytes(file["points/parameters"][0])
