"""The study digits-tree: two independent halves of the particles agree on the order in which ten digits part."""

import pathlib
import sys

import numpy
import pytest

from conftest import FULL, Lab

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "analysis"))
pytest.importorskip("sklearn", reason="the digits come with scikit-learn")
from scipy.stats import spearmanr  # noqa: E402, found by the path above
from sigmaflow_analysis import open_store  # noqa: E402
from sigmaflow_analysis.branch_tree import merge_table, order_conflict, pair_table, set_differences  # noqa: E402
from sigmaflow_analysis.digits import write_digits  # noqa: E402

STUDY = ROOT / "jobs" / "studies" / "digits-tree.toml"


def claim(name, value):
    print(f"\n[claim] {name} {value:.6g}")


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """The study on two ranks, a tenth of the particles unless FULL; all 1797 images."""
    lab = Lab(tmp_path_factory.mktemp("digits"))
    write_digits(pathlib.Path(lab.path("digits.h5")))
    words = [] if FULL else ["--set", "analysis.digits.samples=400", "--set", "analysis.digits.levels=22"]
    done = lab.check("run", STUDY, "-o", "out.h5", "--quiet", "--threads", 1, "--set",
                     f"distribution.digits.file={lab.path('digits.h5')}", *words, ranks=2)  # fmt: skip
    if FULL:
        claim("digits-tree-seconds", done.seconds)
    lab.verify("out.h5")
    yield open_store(lab.path("out.h5")).select_analyses(analysis="digits")[0]
    lab.close()


def test_halves_agree_on_the_order_of_splits(digits):
    """45 splitting sigmas with errors from within each half: as far apart as the errors say, and no further."""
    apart = set_differences(digits)
    spread = float(numpy.sqrt(numpy.mean(apart**2)))
    conflict = order_conflict(digits)
    ranks = float(spearmanr(*digits["splitting_sigma"].values).statistic)
    claim("digits-tree-conflict", conflict)
    claim("digits-tree-spread", spread)
    claim("digits-tree-ranks", ranks)
    assert digits["failed"].values.tolist() == [0, 0]
    assert numpy.isfinite(apart).all() and conflict < 3.5 and 0.6 < spread < 1.5 and ranks > (0.95 if FULL else 0.8)


def test_which_digits_part_last(digits):
    """3 and 9 do, then 1 and 8; 0 and 1 part first of all pairs, or 3 and 4, or 6 and 7, within their errors."""
    table = pair_table(digits)
    last = table.iloc[-1]
    claim("digits-tree-last", last["sigma"])
    claim("digits-tree-first", table.iloc[0]["sigma"])
    assert (last["first"], last["second"]) == (3, 9)
    assert abs(last["sigma"] - 1.49) < 5.0 * last["error"]
    assert abs(table.iloc[0]["sigma"] - 3.67) < 5.0 * table.iloc[0]["error"] + 0.1
    if FULL:
        steps = [merge_table(digits).query(f"set == {part}")[["first", "second"]].values.tolist() for part in (0, 1)]
        assert steps[0][:2] == steps[1][:2] == [[3, 9], [1, 8]]
