"""Flipped bytes anywhere in a result file, truncated files, files of other versions: found, named, and repaired where
only tasks are damaged. Where what lies is worked out here from h5py and docs/result-format.md, not by the program."""

import ctypes
import fcntl
import shutil
import struct

import h5py
import pytest

from conftest import DONE, FAILED, FAULTY, FULL, STUDY, USAGE, Lab, statuses

FLIPS = 300 if FULL else 24
REPAIRS = 10 if FULL else 1  # rounds of 30 flips
HEADER, USER_BLOCK = 56, 512
RECORD = ("status", "message", "session", "rank", "start", "seconds", "wait", "checksum", "record_checksum")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The study and its result, every task done."""
    lab = Lab(tmp_path_factory.mktemp("whole"))
    lab.write("study.toml", STUDY)
    lab.check("run", "study.toml", "-o", "whole.h5", "--threads", 2, "--quiet")
    yield lab.path("whole.h5")
    lab.close()


@pytest.fixture
def out(lab, whole):
    """A copy of the result that may be damaged."""
    shutil.copy(whole, lab.path("out.h5"))
    return lab.path("out.h5")


class Map:
    """Where the bytes lie that a run writes: lists of (offset, size, name, task), and the ranges the file lists."""

    def __init__(self, path):
        with h5py.File(path, "r") as file:
            self.ranges = [tuple(int(n) for n in row) for row in file["mutable_ranges"][:]]
            places = {name: file[f"tasks/{name}"][:].astype(int)
                      for name in ("group", "row", "block", "kept_first", "kept_count")}  # fmt: skip
            names = list(file["results"])
            self.rows, self.records, self.spare, self.sessions = [], [], [], []
            for task in range(len(places["group"])):
                place = {name: int(column[task]) for name, column in places.items()}
                variables = [v for v in file["results"][names[place["group"]]].values()
                             if v.attrs.get("rows", "fixed") != "fixed"]  # fmt: skip
                for variable in variables:
                    self._add_row(variable, place, task)
                self._add_record(file["tasks"], task, len(variables))
            for column in file["sessions"].values():
                if "dimensions" in column.attrs:
                    self.sessions.append((column.id.get_offset(), column.id.get_storage_size(), column.name, None))

    def _add_row(self, variable, place, task):
        per_block = variable.attrs["rows"] == "per_block"
        size = variable.dtype.itemsize
        for extent in variable.shape[2:]:
            size *= extent
        first = place["block"] if per_block else place["kept_first"]
        count = 1 if per_block else place["kept_count"]
        offset = variable.id.get_offset() + (place["row"] * variable.shape[1] + first) * size
        if count > 0:
            self.rows.append((offset, count * size, variable.name.rpartition("/")[2], task))

    def _add_record(self, table, task, variables):
        for name in RECORD:
            column = table[name]
            size = column.dtype.itemsize * (column.shape[1] if column.ndim == 2 else 1)
            used = 8 * variables if name == "checksum" else size
            offset = column.id.get_offset() + task * size
            self.records.append((offset, used, name, task))
            if used < size:
                self.spare.append((offset + used, size - used, "spare checksums", task))

    def frozen(self, size):
        """(offset, size) of every stretch between the ranges, behind the header."""
        end = HEADER
        for offset, length in [*self.ranges, (size, 0)]:
            if offset > end:
                yield end, offset - end
            end = offset + length


def flip(path, offset, mask):
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ mask]))


def named(verdict):
    """What `verify` names, its last line apart."""
    return {line.split(": ")[0] for line in verdict.out.splitlines()[:-1]}


def test_every_byte_that_a_run_writes_is_accounted_for(whole):
    """Rows and records are under checksums, sessions and spare checksums hold no results: there is nothing else."""
    where = Map(whole)
    stretches = sorted(where.rows + where.records + where.spare + where.sessions, key=lambda s: s[0])
    merged = []
    for offset, size, _, _ in stretches:
        if merged and merged[-1][0] + merged[-1][1] == offset:
            merged[-1][1] += size
        else:
            assert not merged or merged[-1][0] + merged[-1][1] < offset, "no two rows share a byte"
            merged.append([offset, size])
    listed = []
    for offset, size in where.ranges:
        if listed and listed[-1][0] + listed[-1][1] == offset:
            listed[-1][1] += size
        else:
            listed.append([offset, size])
    assert merged == listed


def test_flips_in_rows_are_found_and_named(lab, out, moments):
    where = Map(out)
    sizes = [size for _, size, _, _ in where.rows]
    found = 0
    for number in range(FLIPS):
        # Every other one anywhere in the bytes, every other one in any row: small rows get their share.
        (row,) = moments.choices(where.rows, sizes if number % 2 == 0 else None)
        offset, size, name, task = row
        place, mask = offset + moments.randrange(size), moments.randrange(1, 256)
        flip(out, place, mask)
        verdict = lab.check("verify", "out.h5", code=FAILED)
        assert named(verdict) == {f"task {task}, row {name}"}, (place, mask)
        found += 1
        flip(out, place, mask)
    lab.verify("out.h5")
    print(f"[claim] row-flips-found {found}")


def test_flips_in_records_are_found_and_named(lab, out, moments):
    """All columns of /tasks. A done flag that turned into 'pending' is a task to be computed again, no damage."""
    where = Map(out)
    found = 0
    for name in RECORD:
        for _ in range(12 if FULL else 2):
            offset, size, _, task = moments.choice([record for record in where.records if record[2] == name])
            place, mask = offset + moments.randrange(size), moments.randrange(2, 256)  # not 1: done -> pending
            flip(out, place, mask)
            verdict = lab.check("verify", "out.h5", code=FAILED)
            assert {where.split(",")[0] for where in named(verdict)} == {f"task {task}"}, (name, place, mask)
            assert lab.check("run", "study.toml", "-o", "out.h5", "--resume", code=USAGE).err.count("--repair") == 1
            lab.check("status", "out.h5")
            lab.json("status", "out.h5", "--json")
            found += 1
            flip(out, place, mask)
    lab.verify("out.h5")
    print(f"[claim] record-flips-found {found}")


def test_repair_and_resume_restore_the_file(lab, out, whole, moments):
    shutil.copy(whole, lab.path("whole.h5"))
    where, theirs, restored = Map(out), whole.read_bytes(), 0
    for number in range(REPAIRS):
        expected = set()
        for _ in range(30):
            offset, size, _, task = moments.choice(where.rows if moments.random() < 0.8 else where.records)
            flip(out, offset + moments.randrange(size), moments.randrange(2, 256))
            expected.add(task)
        verdict = lab.check("verify", "out.h5", "--repair", code=FAILED)
        tasks = {place.split(",")[0] for place in named(verdict) if place.startswith("task ")}
        assert tasks == {f"task {task}" for task in expected}
        lab.verify("out.h5")
        assert set((statuses(out) == 0).nonzero()[0].tolist()) == expected
        ranks, threads = [(None, 1), (2, 2), (3, 1)][number % 3]
        lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--threads", threads, ranks=ranks)
        lab.verify("out.h5")
        lab.assert_same("out.h5", "whole.h5")
        ours = out.read_bytes()
        for offset, size, name, task in where.rows:
            assert ours[offset : offset + size] == theirs[offset : offset + size], f"task {task}, row {name}"
        for offset, size in where.frozen(len(theirs)):
            assert ours[offset : offset + size] == theirs[offset : offset + size]
        restored += 30
    print(f"[claim] flips-repaired {restored}")


def test_a_message_that_is_no_text_any_more(lab, reference):
    """JSON is UTF-8, whatever the file holds."""
    shutil.copy(reference, lab.path("out.h5"))
    offset = next(o for o, _, name, task in Map(reference).records if name == "message" and task == FAULTY)
    flip(lab.path("out.h5"), offset + 3, 0x80)
    (failure,) = lab.json("status", "out.h5", "--json")["failures"]
    assert failure["task"] == FAULTY and failure["message"].startswith("fau")
    assert named(lab.check("verify", "out.h5", code=FAILED)) == {f"task {FAULTY}"}


def test_no_repair_while_a_job_writes(lab, out):
    flip(out, Map(out).rows[0][0], 1)
    before = out.read_bytes()
    with open(lab.path("out.h5.lock"), "w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        assert "in use" in lab.check("verify", "out.h5", "--repair", code=USAGE).err
        assert "1 problem" in lab.check("verify", "out.h5", code=FAILED).out  # to look is allowed
    assert out.read_bytes() == before
    lab.check("verify", "out.h5", "--repair", code=FAILED)
    lab.verify("out.h5")


def test_a_lost_done_flag_is_a_task_to_compute_again(lab, out, whole):
    offset = next(o for o, _, name, task in Map(out).records if name == "status" and task == 20)
    flip(out, offset, 1)
    assert "1 pending, 0 problems" in lab.check("verify", "out.h5").out
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--threads", 2)
    shutil.copy(whole, lab.path("whole.h5"))
    lab.assert_same("out.h5", "whole.h5")


def test_what_is_under_no_checksum_holds_no_results(lab, out, whole, moments):
    """Sessions are information, spare checksums are read by nobody: whatever happens to them, results are the same, and
    the file is continued."""
    where = Map(out)
    shutil.copy(whole, lab.path("whole.h5"))
    offset = next(o for o, _, name, task in where.records if name == "status" and task == 7)
    flip(out, offset, 1)  # something to do for the resume
    for offset, size, _, _ in where.sessions + where.spare:
        for _ in range(4):
            flip(out, offset + moments.randrange(size), moments.randrange(1, 256))
    lab.verify("out.h5")
    lab.json("status", "out.h5", "--json")
    lab.check("run", "study.toml", "-o", "out.h5", "--resume", "--threads", 2)
    lab.verify("out.h5")
    lab.assert_same("out.h5", "whole.h5")


def assert_refused(lab, hint):
    """A file that cannot be used: verify tells why, everything else refuses it and touches nothing."""
    before = {name: lab.path(name).read_bytes() for name, _ in lab.listing()}
    verdict = lab.check("verify", "out.h5", code=FAILED)
    assert verdict.out.startswith("metadata: ") and hint in verdict.out and "backup" in verdict.err
    repair = lab.check("verify", "out.h5", "--repair", code=USAGE)
    assert "cannot be repaired" in repair.err and "backup" in repair.err
    refused = lab.check("run", "study.toml", "-o", "out.h5", "--resume", code=USAGE)
    assert "out.h5 is damaged" in refused.err and "--overwrite" in refused.err and "--repair" not in refused.err
    for words in (["status", "out.h5"], ["diff", "out.h5", "out.h5"], ["aggregate", "out.h5", "-o", "summary.h5"]):
        assert "out.h5" in lab.check(*words, code=USAGE).err
    assert {name: lab.path(name).read_bytes() for name, _ in lab.listing()} == before


def test_flips_in_metadata_are_found(lab, out, moments):
    """Header, HDF5's own structures, tables, study text, and the unused bytes between them."""
    stretches = list(Map(out).frozen(out.stat().st_size))
    places = list(range(HEADER))
    places += [moments.randrange(HEADER, USER_BLOCK) for _ in range(FLIPS // 12)]
    while len(places) < max(FLIPS, 72):  # every other one in any stretch, every other one anywhere
        weights = [size for _, size in stretches] if len(places) % 2 == 0 else None
        ((offset, size),) = moments.choices(stretches, weights)
        places.append(offset + moments.randrange(size))
    found = 0
    for place in places:
        mask = moments.randrange(1, 256)
        flip(out, place, mask)
        verdict = lab.check("verify", "out.h5", code=FAILED)
        assert named(verdict) == {"metadata"}, (place, mask)
        if found % 8 == 0:
            refused = lab.check("run", "study.toml", "-o", "out.h5", "--resume", code=USAGE)
            assert "out.h5" in refused.err
        found += 1
        flip(out, place, mask)
    lab.verify("out.h5")
    print(f"[claim] metadata-flips-found {found}")


def test_damaged_metadata_names_the_way_out(lab, out, whole):
    flip(out, 3000, 16)
    assert_refused(lab, "its metadata is damaged")
    lab.check("run", "study.toml", "-o", "out.h5", "--overwrite", "--threads", 2, code=DONE)
    shutil.copy(whole, lab.path("whole.h5"))
    lab.assert_same("out.h5", "whole.h5")


@pytest.mark.parametrize("left", [0, 1, 7, 100, 511, 512, 2000, 0.3, 0.7, -4096, -1])
def test_truncated_files(lab, out, whole, left):
    size = out.stat().st_size
    with open(out, "r+b") as file:
        file.truncate(int(left * size) if isinstance(left, float) else left % size)
    assert_refused(lab, "cut off")


def test_files_that_grew(lab, out):
    with open(out, "ab") as file:
        file.write(b"x")
    assert_refused(lab, "bytes instead of")


def digest(data):
    """XXH3 with 64 bits, by the library that the program uses as well."""
    library = ctypes.CDLL("libxxhash.so.0")
    library.XXH3_64bits.restype = ctypes.c_uint64
    return library.XXH3_64bits(bytes(data), ctypes.c_size_t(len(data)))


def test_a_newer_version_is_refused_by_its_number(lab, out):
    header = bytearray(out.read_bytes()[:HEADER])
    assert struct.unpack("<Q", header[48:]) == (digest(header[:48]),)
    header[8:12] = struct.pack("<I", 2)
    header[48:] = struct.pack("<Q", digest(header[:48]))
    with open(out, "r+b") as file:
        file.write(header)
    before = out.read_bytes()
    for words in (["verify", "out.h5"], ["verify", "out.h5", "--repair"], ["status", "out.h5"],
                  ["diff", "out.h5", "out.h5"], ["aggregate", "out.h5", "-o", "summary.h5"],
                  ["run", "study.toml", "-o", "out.h5", "--resume"]):  # fmt: skip
        refused = lab.check(*words, code=USAGE).err
        assert "format version 2, this program reads version 1" in refused and "newer sigmaflow" in refused
        assert "damaged" not in refused and "--repair" not in refused
    assert out.read_bytes() == before and not lab.path("summary.h5").exists()


def test_a_newer_version_with_another_header_is_no_mystery(lab, out):
    """Its digest may stand elsewhere: then the number is told as well."""
    with open(out, "r+b") as file:
        file.seek(8)
        file.write(struct.pack("<II", 3, 4096))
    verdict = lab.check("verify", "out.h5", code=FAILED)
    assert "its header is damaged, or of format version 3" in verdict.out
