"""The command line: python3 -m sigmaflow_analysis COMMAND ..."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any, Sequence

import matplotlib
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from .digits import write_digits
from .errors import AnalysisError
from .figures import (bifurcations, branch_tree, error_budget, error_budgets, matched, memorisation, mmse,
                      mutual_information, save, spectra, spectrum, timeline, trajectories, who_wins, work_precision)
from .figures.choice import finest
from .figures.quickstart import quickstart_figures
from .figures.style import name_of, setting_of
from .memorisation import records_of
from .solver_errors import MEASURES, chosen_runs
from .solver_errors import work_precision as errors_of
from .store import Store, open_store
from .summary import Summary, open_any

FIGURES = {
    "spectrum": "eigenvalues of J against sigma, a panel per distribution",
    "trajectories": "paths of kept particles over the density, in two dimensions",
    "mmse": "mean of tr C against sigma, a curve per distribution",
    "mutual_information": "I(x0; x_sigma) in two ways against sigma, a curve per distribution",
    "matched": "eigenvalues, mmse and mutual information of laws of one dimension",
    "bifurcations": "stationary points against sigma with their bifurcations, of one law or of several",
    "memorisation": "divergence, gap, effective number against sigma; least noise and collapse against N",
    "branch_tree": "branches of modes or classes along sigma, as wide as their masses",
    "work_precision": "error of every solver against evaluations, a panel per distribution",
    "error_budget": "what each sigma adds to the error at the end, a curve per direction",
    "who_wins": "best solver and grid at each budget; grids of one --solver",
    "error_budgets": "parts of the error at the end step by step, a panel per distribution and setting",
    "timeline": "which rank computed what when",
}

RACES = ("work_precision", "who_wins")


def labels_from(arguments: argparse.Namespace) -> dict[str, Any]:
    """What --distribution, --solver, --schedule and --set choose."""
    named = {key: getattr(arguments, key) for key in ("distribution", "solver", "schedule")}
    labels = {key: value for key, value in named.items() if value is not None}
    for setting in arguments.set:
        axis, equals, value = setting.partition("=")
        if not equals:
            raise AnalysisError(f"--set needs AXIS=VALUE, not '{setting}'")
        labels[axis] = value
    return labels


def draw(name: str, store: Store | Summary, arguments: argparse.Namespace) -> Figure:
    """The figure `name`."""
    labels = labels_from(arguments)
    if name == "timeline":
        if isinstance(store, Summary):
            raise AnalysisError("a summary has no tasks: draw the timeline from the result file")
        return timeline(store.tasks, store.rows).figure
    if name in RACES:
        return draw_race(name, store, labels, arguments.measure)
    if name == "memorisation":
        return draw_memorisation(store, labels)
    if name == "bifurcations":
        return draw_bifurcations(store, labels)
    if name == "branch_tree":
        return draw_branch_tree(store, labels)
    if name == "error_budgets":
        return error_budgets(store.select_points(**labels)).flat[0].figure
    if name == "mmse":
        return mmse(chosen(store, labels), arguments.normalise).figure
    if name == "mutual_information":
        return mutual_information(chosen(store, labels)).figure
    if name == "matched":
        return matched(chosen(store, labels))[0].figure
    if name == "spectrum":
        points = chosen(store, labels)
        return (spectrum(points[0]) if len(points) == 1 else spectra(points).flat[0]).figure
    if name == "error_budget":
        return error_budget(only(chosen(store, labels), "an error budget is")).figure
    return trajectories(only(chosen(store, {"dim": 2, **labels}), "trajectories are")).flat[0].figure


def only(points: Sequence[xr.Dataset], what: str) -> xr.Dataset:
    """The one point of `points`."""
    if len(points) > 1:
        names = ", ".join(name_of(point).replace("$", "") for point in points)
        raise AnalysisError(f"{what} drawn of one distribution (these match: {names}): choose --distribution")
    return points[0]


def draw_bifurcations(store: Store | Summary, labels: dict[str, Any]) -> Figure:
    """The diagrams of all laws that the labels choose."""
    records = records_of(store, "branches", **labels)
    if not records:
        raise AnalysisError(f"'{store.path}' has no analysis of kind branches that matches")
    return bifurcations(records).flat[0].figure


def draw_memorisation(store: Store | Summary, labels: dict[str, Any]) -> Figure:
    """Curves of the law that the labels choose; least noise and collapse of the same label in all dimensions."""
    curves = records_of(store, "memorisation", **labels)
    if not curves:
        raise AnalysisError(f"'{store.path}' has no analysis of kind memorisation that matches")
    law = {"distribution": curves[0]["distribution"].item()}
    return memorisation(curves, *(records_of(store, kind, **law) for kind in ("least_noise", "collapse")))[0, 0].figure


def draw_branch_tree(store: Store | Summary, labels: dict[str, Any]) -> Figure:
    """The one tree of modes or classes that the labels choose."""
    trees = [record for kind in ("tree", "class_tree") for record in records_of(store, kind, **labels)]
    if not trees:
        raise AnalysisError(f"'{store.path}' has no analysis of kind tree or class_tree that matches")
    return branch_tree(only(trees, "a tree is")).figure


def draw_race(name: str, store: Store | Summary, labels: dict[str, Any], measures: Sequence[str]) -> Figure:
    """A figure of a table of `work_precision`; who_wins takes the label solver as the one whose grids it compares."""
    frame = race_table(store)
    if name == "work_precision":
        return work_precision(chosen_runs(frame, labels), measures or ("w2", "rms")).flat[0].figure
    options = {"solver": labels.pop("solver")} if "solver" in labels else {}
    axes = who_wins(chosen_runs(frame, labels), *measures[:1], **options)
    return axes[0].figure.figure


def race_table(store: Store | Summary) -> pd.DataFrame:
    """The table of `work_precision`."""
    if isinstance(store, Summary):
        raise AnalysisError("a summary has no particles: compare solvers by the result file")
    return errors_of(store)


def chosen(store: Store | Summary, labels: dict[str, Any]) -> list[xr.Dataset]:
    """The points with these labels; if some differ in schedule or solver only, the finest of them, and says so."""
    points = store.select_points(**labels)
    best = finest(points)
    if len(best) < len(points):
        print(f"{len(points)} points match, drawing the finest per distribution: "
              f"{'; '.join(sorted({setting_of(point) for point in best}))}", file=sys.stderr)
    return best


def figure_command(arguments: argparse.Namespace) -> None:
    figure = draw(arguments.name, open_any(arguments.file), arguments)
    target = arguments.output or Path(f"{arguments.file.stem}-{arguments.name}")
    formats = [target.suffix[1:]] if target.suffix in (".png", ".pdf") else ["png", "pdf"]
    report(save(figure, target, formats))


def quickstart_command(arguments: argparse.Namespace) -> None:
    report(quickstart_figures(open_store(arguments.file), arguments.folder))


def export_command(arguments: argparse.Namespace) -> None:
    store = open_any(arguments.file)
    frame = race_table(store) if arguments.table == "work_precision" else store.to_dataframe(arguments.table)
    if arguments.json:
        plain = frame.reset_index().astype(object)
        print(json.dumps(plain.where(plain.notna(), None).to_dict("records"), indent=1))
    else:
        frame.to_csv(sys.stdout)


def digits_command(arguments: argparse.Namespace) -> None:
    written = write_digits(arguments.file)
    print(f"{arguments.file}{'' if written else ' (was there already)'}", file=sys.stderr)


def report(files: Sequence[Path]) -> None:
    """Names of written files, one per line."""
    for file in files:
        print(file)


class Parser(argparse.ArgumentParser):
    """Reports misuse in one line."""

    def error(self, message: str) -> None:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def make_parser() -> Parser:
    parser = Parser(prog="sigmaflow_analysis", description="Reads and draws the result files of sigmaflow.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    figure = commands.add_parser("figure", help="draw one figure", formatter_class=argparse.RawTextHelpFormatter,
                                 epilog="\n".join(f"{name:20}{text}" for name, text in FIGURES.items()))
    figure.add_argument("name", choices=list(FIGURES), metavar="NAME", help="which figure, see below")
    figure.add_argument("file", type=Path, metavar="STORE", help="result file or summary of sigmaflow")
    figure.add_argument("-o", "--output", type=Path, help="with .png or .pdf that file, else both; default: here")
    for key in ("distribution", "solver", "schedule"):
        figure.add_argument(f"--{key}", metavar="LABEL", help=f"only points with this {key}")
    figure.add_argument("--set", action="append", default=[], metavar="AXIS=VALUE",
                        help="only points with this value on a sweep axis, such as steps=64; may be repeated")
    figure.add_argument("--normalise", choices=["dimension", "variance"], default="dimension",
                        help="what mmse divides tr C by (default: dimension)")
    figure.add_argument("--measure", action="append", default=[], metavar="MEASURE", choices=MEASURES,
                        help="error shown by work_precision and who_wins: w2, rms or median; may be repeated")
    figure.set_defaults(run=figure_command)
    quickstart = commands.add_parser("quickstart-figures", help="draw the first figures of a study")
    quickstart.add_argument("file", type=Path, metavar="STORE", help="result file of sigmaflow run")
    quickstart.add_argument("folder", type=Path, metavar="OUTDIR", help="folder for the pictures")
    quickstart.set_defaults(run=quickstart_command)
    export = commands.add_parser("export", help="print a table of a result file")
    export.add_argument("table", metavar="TABLE", help="points, analyses, tasks, sessions or work_precision; "
                        "points, analyses or task_summary of a summary")
    export.add_argument("file", type=Path, metavar="STORE", help="result file or summary of sigmaflow")
    form = export.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="as CSV (default)")
    form.add_argument("--json", action="store_true", help="as JSON, a list of rows")
    export.set_defaults(run=export_command)
    digits = commands.add_parser("digits", help="write scikit-learn's handwritten digits as a table of points")
    digits.add_argument("file", type=Path, metavar="OUT.h5", help="file to write; left alone if it is intact")
    digits.set_defaults(run=digits_command)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0, or 2 with one line on standard error."""
    parsed = make_parser().parse_args(arguments)
    matplotlib.use("Agg")
    try:
        parsed.run(parsed)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except AnalysisError as error:
        print(f"sigmaflow_analysis: {error}", file=sys.stderr)
        return 2
    return 0
