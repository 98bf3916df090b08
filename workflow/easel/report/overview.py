"""All studies of a results folder, as their list shows them: state, leading run, picture.

Nothing is known of the folders: a study may be unfinished, damaged or of another program, and may change meanwhile.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from easel.config.studies import RESERVED_STUDY_NAMES
from easel.evaluation.agreement import METRIC_KEYS, agreement
from easel.report.tables.judge_notice import fids_of_samples
from easel.runtime.files import read_if_whole, read_json, sha256
from easel.tracking.study_states import LastRun, RunState, last_run

UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading files of unknown content may raise."""


class State(StrEnum):
    """The state of a study, as far as it is known without Snakemake."""

    FINISHED = "finished"
    OUTDATED = "outdated"
    """Its runs have been compared again since its page was written."""
    RUNNING = "running"
    FAILED = "failed"
    STOPPED = "stopped"
    INCOMPLETE = "incomplete"
    DAMAGED = "damaged"
    """It cannot be read."""
    FOREIGN = "foreign"
    """A folder that is no study."""


@dataclass(frozen=True)
class Leader:
    """The run with the lowest FID, as the first judge that passed its check sees it."""

    run: str
    column: Mapping[str, Any]
    """Of the summary in comparison.json."""
    agreed: Mapping[str, Any] | None
    """What all judges say of the runs in this column together; None for a run that is alone in it."""

    @property
    def mean(self) -> Mapping[str, Any]:
        """The run's mean, with its interval and the number of its seeds."""
        return next(each for each in self.column["runs"] if each["run"] == self.run)

    @property
    def half_width(self) -> float | None:
        """Half the width of the mean's 95 % interval; None if there is none."""
        low, high = self.mean["low"], self.mean["high"]
        return None if low is None or high is None else (high - low) / 2


class Picture(NamedTuple):
    """A grid of samples, and the number of images in a row of it."""

    file: Path
    columns: int


@dataclass(frozen=True)
class StudyOverview:
    """A study, or another folder, in the list of studies."""

    name: str
    state: State
    changed: datetime
    """With a time zone."""
    title: str = ""
    description: str = ""
    dataset: str = ""
    runs: list[str] = field(default_factory=list)
    seeds: int = 0
    trainings: int = 0
    """Finished ones, of a study whose runs have not been compared."""
    leader: Leader | None = None
    picture: Picture | None = None
    """Samples of the leading run, or of any."""
    has_page: bool = False


def read_overview(results: Path) -> list[StudyOverview]:
    """Every folder of results but Easel's own, the last changed first."""
    found = [overview for folder in study_folders(results) if (overview := overview_of(results, folder))]
    return sorted(found, key=lambda each: (each.state is State.FOREIGN, -each.changed.timestamp(), each.name))


def study_folders(results: Path) -> Iterator[Path]:
    """The folders that may be studies."""
    for path in sorted(results.iterdir()):
        if not path.name.startswith(".") and path.name not in RESERVED_STUDY_NAMES and path.is_dir():
            yield path


def overview_of(results: Path, folder: Path) -> StudyOverview | None:
    """One folder; None if it has been deleted meanwhile."""
    run = last_run(results, folder.name)
    try:
        return compared(folder, run) if (folder / "comparison.json").is_file() else not_compared(folder, run)
    except UNREADABLE:
        state = State(run.state) if run and run.state is RunState.RUNNING else State.DAMAGED
        try:
            return StudyOverview(folder.name, state, time_of(folder), has_page=(folder / "report.html").is_file())
        except OSError:
            return None


def compared(folder: Path, run: LastRun | None) -> StudyOverview:
    """A study whose runs have been compared."""
    file, page = folder / "comparison.json", folder / "report.html"
    comparison, manifest = read_json(file), read_if_whole(folder / "manifest.json")
    runs = [str(each["run"]) for each in (*comparison["runs"], *comparison["external"])]
    leader = leader_of(comparison["summary"])
    has_page = page.is_file()
    return StudyOverview(
        name=folder.name,
        state=state_of(run, has_page, has_page and is_outdated(page, file, manifest)),
        changed=run.time if run and run.state is not RunState.FINISHED else made(manifest) or time_of(file),
        title=str(comparison["title"]),
        description=str(comparison["description"]),
        dataset=str(comparison["dataset"]),
        runs=runs,
        seeds=len(comparison["seeds"]),
        leader=leader,
        picture=picture_of(folder, leader.run if leader else runs[0]),
        has_page=has_page,
    )


def not_compared(folder: Path, run: LastRun | None) -> StudyOverview:
    """A study whose runs have not been compared, or a folder that is no study."""
    trainings = list(folder.glob("*/seed-*"))
    if not (run or trainings or (folder / "plan.tsv").is_file()):
        return StudyOverview(folder.name, State.FOREIGN, time_of(folder))
    return StudyOverview(
        name=folder.name,
        state=state_of(run, False, False),
        changed=run.time if run else max(map(time_of, [folder, *trainings])),
        runs=sorted({training.parent.name for training in trainings}),
        trainings=sum((training / "train.json").is_file() for training in trainings),
        picture=picture_of(folder, "*"),
        has_page=(folder / "report.html").is_file(),
    )


def state_of(run: LastRun | None, has_page: bool, outdated: bool) -> State:
    """The state of a study. A Snakemake that has finished may have had another target than the page."""
    if run and run.state is not RunState.FINISHED:
        return State(run.state)
    if not has_page:
        return State.INCOMPLETE
    return State.OUTDATED if outdated else State.FINISHED


def is_outdated(page: Path, comparison: Path, manifest: Mapping[str, Any]) -> bool:
    """True if comparison.json is newer than the page, and not the one of the manifest, which is written last.

    Copying may change times but no content; the target `report` makes a page, but no manifest.
    """
    written = manifest.get("outputs", {}).get(f"{comparison.parent.name}/{comparison.name}")
    is_another = bool(written) and written["sha256"] != sha256(comparison)
    return is_another and comparison.stat().st_mtime > page.stat().st_mtime


def made(manifest: Mapping[str, Any]) -> datetime | None:
    """When the manifest was made; None without one."""
    return datetime.fromisoformat(manifest["made"]) if "made" in manifest else None


def leader_of(summary: list[dict[str, Any]]) -> Leader | None:
    """The leading run; None if there is no FID by a judge that passed its check."""
    columns = fids_of_samples(summary)
    if not columns:
        return None
    first = columns[0]
    agreed = (each for each in agreement(columns) if all(each[key] == first[key] for key in METRIC_KEYS))
    return Leader(first["first"] or first["runs"][0]["run"], first, next(agreed, None))


def picture_of(folder: Path, run: str) -> Picture | None:
    """Samples of a run's first seed, or of the first run that has any; otherwise the last drawn in a training."""
    for pattern in (f"{run}/seed-*/samples.png", "*/seed-*/samples.png"):
        if found := sorted(folder.glob(pattern)):
            return Picture(found[0], columns=10)
    drawn = max(folder.glob("*/seed-*/progress/step-*.png"), key=lambda file: file.stat().st_mtime, default=None)
    return Picture(drawn, columns=8) if drawn else None


def time_of(path: Path) -> datetime:
    """When a file or folder was changed."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
