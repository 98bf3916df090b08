"""Results files of a run and of a study, as the report reads them. docs/files.md describes their form."""

import csv
import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from easel.runtime.files import read_json

History = dict[str, np.ndarray]


@dataclass(frozen=True)
class RunResults:
    """Results of one training, from its folder `<study>/<run>/seed-<k>/`."""

    folder: Path
    dataset_folder: Path
    training: dict
    """train.json"""
    dataset: dict
    """dataset.json"""
    history: History
    metrics_record: dict
    """metrics.json; empty if the run was not judged."""
    snapshot_scores: dict
    """snapshots.json; empty if the snapshots were not judged."""
    notes: str = ""
    """Markdown by the study's author."""
    projection: dict = field(default_factory=dict)
    """projection.json; empty if the run has no pictures, or has none any more."""

    @property
    def metrics(self) -> list[dict]:
        """The rows of metrics.json."""
        return self.metrics_record.get("metrics", [])

    @property
    def name(self) -> str:
        return self.training["run"]

    @property
    def settings(self) -> dict:
        return self.training["settings"]

    def epoch(self, step: int) -> float:
        """The epoch of a step."""
        return self.training["epochs"] * step / max(self.training["steps"], 1)

    def collapsed(self, step: int) -> bool:
        """True if the training counted as collapsed at a step, by the newest row of its history up to then."""
        row = np.searchsorted(self.history.get("step", []), step, side="right") - 1
        return bool(row >= 0 and "collapsed" in self.history and self.history["collapsed"][row] > 0)

    @property
    def progress(self) -> dict[int, Path]:
        """The sample grids drawn during training, by step, in order."""
        return {int(file.stem.removeprefix("step-")): file for file in sorted(self.folder.glob("progress/step-*.png"))}


def read_run(run_folder: str | Path, dataset_folder: str | Path) -> RunResults:
    """Read the results of a trained run; results of later steps may be missing."""
    folder, dataset_folder = Path(run_folder), Path(dataset_folder)
    notes = read_optional_json(folder / "notes.json")
    return RunResults(
        folder=folder,
        dataset_folder=dataset_folder,
        training=read_json(folder / "train.json"),
        dataset=read_json(dataset_folder / "dataset.json"),
        history=read_history(folder / "history.csv"),
        metrics_record=read_optional_json(folder / "metrics.json"),
        snapshot_scores=read_optional_json(folder / "snapshots.json"),
        notes=notes.get("notes", ""),
        projection=read_optional_json(folder / "projection.json") if notes.get("projected") else {},
    )


def read_optional_json(file: Path) -> dict:
    """A JSON file; an empty dict if it does not exist."""
    return read_json(file) if file.is_file() else {}


@dataclass(frozen=True)
class StudyResults:
    """Results of a study: the comparison of its runs, and access to their folders."""

    folder: Path
    comparison: dict
    """comparison.json"""
    notes: str = ""
    """Markdown by the study's author."""
    notes_of_runs: dict[str, str] = field(default_factory=dict)
    """The same of the runs that have any, external samples included."""

    @property
    def dataset_folder(self) -> Path:
        return self.folder.parent / "datasets" / self.comparison["dataset"]

    @cached_property
    def dataset(self) -> dict:
        """dataset.json"""
        return read_json(self.dataset_folder / "dataset.json")

    @property
    def runs(self) -> list[dict]:
        return self.comparison["runs"]

    @property
    def external(self) -> list[dict]:
        """External samples, in the form of runs."""
        return self.comparison["external"]

    @property
    def summary(self) -> list[dict]:
        """Means, intervals and differences of all comparable scores."""
        return self.comparison["summary"]

    @property
    def agreement(self) -> list[dict]:
        """What all judges say of the runs together, by metric."""
        return self.comparison["agreement"]

    @cached_property
    def calibrations(self) -> list[dict]:
        """Every calibration.json of the study's judges."""
        return self.of_judges("calibration.json")

    @cached_property
    def sensitivities(self) -> list[dict]:
        """Every sensitivity.json of the study's judges."""
        return self.of_judges("sensitivity.json")

    def of_judges(self, name: str) -> list[dict]:
        """A record of each of the study's judges that has it."""
        judges = dict.fromkeys(column["judge"] for column in self.summary if column["judge"])
        folder = self.folder.parent / "judges" / self.comparison["dataset"]
        found = (read_optional_json(folder / judge / name) for judge in judges)
        return [record for record in found if record]

    def snapshot_scores(self, run: str, seed: int) -> dict:
        """snapshots.json of a training; empty if its snapshots were not judged."""
        return read_optional_json(self.run_folder(run, seed) / "snapshots.json")

    def history(self, run: str, seed: int) -> History:
        """history.csv of a training."""
        return read_history(self.run_folder(run, seed) / "history.csv")

    def run_folder(self, run: str, seed: int) -> Path:
        return self.folder / run / f"seed-{seed}"

    @cached_property
    def histories(self) -> dict[str, list[History]]:
        """history.csv of every run, one for each of its seeds."""
        return {run["run"]: [self.history(run["run"], each["seed"]) for each in run["seeds"]] for run in self.runs}


def read_study(study_folder: str | Path) -> StudyResults:
    """Read a study whose runs have been compared."""
    folder = Path(study_folder).absolute()
    notes = read_optional_json(folder / "notes.json")
    return StudyResults(folder, read_json(folder / "comparison.json"), notes.get("notes", ""), notes.get("runs", {}))


def read_history(file: Path) -> History:
    """The columns of a history.csv by name, float64 (rows,); NaN for missing values, {} for a missing file."""
    if not file.is_file():
        return {}
    with open(file, newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    if not rows:
        return {}
    return {name: np.array([float(row[name] or math.nan) for row in rows]) for name in rows[0]}


def collapsed_spans(history: History) -> list[tuple[float, float]]:
    """Spans of epochs in which a training counted as collapsed.

    A span starts at the epoch of a collapsed row and ends at that of the next row that is not collapsed, or of the last
    row.
    """
    if "collapsed" not in history:
        return []
    epochs, collapsed = history["epoch"], history["collapsed"] > 0
    turns = np.flatnonzero(np.diff(collapsed.astype(int), prepend=0))
    ends = [*epochs[turns[1::2]], epochs[-1]]
    return [(float(epochs[start]), float(end)) for start, end in zip(turns[::2], ends, strict=False)]
