"""Predictions as files: plan.tsv, and the predictions that are kept to be compared with what jobs took.

plan.tsv tells of what is outdated now. A job that has been done is in no later plan, so what was predicted of it is
kept with its benchmark file, in results/benchmarks/<study>/plan.tsv: of each job the newest prediction, and the newest
that was made before it was last done.
"""

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from easel.planning.benchmarks import Took, took
from easel.planning.rules import Work, rule
from easel.runtime.files import atomic, read_json

COLUMNS = ("rule", "run", "seed", "reason", "minutes", "memory_mb", "disk_mb", "gpus", "source")
"""Of plan.tsv."""

KEPT = ("planned", "benchmark", *(name for name in COLUMNS if name != "reason"))
"""Of the predictions that are kept. planned: when, in UTC. benchmark: the job's benchmark file, under results/."""

Row = Mapping[str, str]


def write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a table, with a header, whose columns are parted by tabs."""
    with atomic(path) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns, delimiter="\t", lineterminator="\n", extrasaction="ignore")
        table.writeheader()
        table.writerows({name: " ".join(str(value).split()) for name, value in row.items()} for row in rows)


def read(path: Path) -> list[Row]:
    """The rows of a table; none where there is no such file."""
    if not path.is_file():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def kept(results: Path, study: str) -> Path:
    """Where a study's predictions are kept. (No run is called plan.tsv, so no run's folder is.)"""
    return results / "benchmarks" / study / "plan.tsv"


def keep(results: Path, study: str, rows: Iterable[Row], now: datetime | None = None) -> None:
    """Add predictions, rows of plan.tsv that have `benchmark` besides, to those that are kept."""
    planned = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    new = {row["benchmark"]: {**row, "planned": planned} for row in rows}
    before: dict[str, list[Row]] = {}
    for row in read(kept(results, study)):
        before.setdefault(row["benchmark"], []).append(row)
    found = []
    for benchmark in {**before, **new}:
        old = before.get(benchmark, [])
        if benchmark in new:
            fulfilled = valid(old, done_at(results / benchmark))
            old = [fulfilled] if fulfilled else []
        found += [*old, *([new[benchmark]] if benchmark in new else [])]
    write(kept(results, study), KEPT, found)


def done_at(benchmark: Path) -> datetime | None:
    """When a job was last done; None where it was not."""
    try:
        return datetime.fromtimestamp(benchmark.stat().st_mtime, UTC)
    except OSError:
        return None


def valid(rows: Iterable[Row], done: datetime | None) -> Row | None:
    """The newest of a job's predictions that was made before it was done."""
    if done is None:
        return None
    before = [row for row in rows if datetime.fromisoformat(row["planned"]) <= done]
    return max(before, key=lambda row: row["planned"], default=None)


# --- afterwards ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """A job as it was planned, and as it was."""

    rule: str
    run: str
    seed: str
    source: str
    planned_minutes: float
    minutes: float
    planned_memory_mb: float
    memory_mb: float
    """NaN where the job was too short to be looked at."""


def outcomes(results: Path, study: str) -> list[Outcome]:
    """Every job of a study that was planned and then done."""
    planned: dict[str, list[Row]] = {}
    for row in read(kept(results, study)):
        planned.setdefault(row["benchmark"], []).append(row)
    found = []
    for benchmark, rows in planned.items():
        row, truth = valid(rows, done_at(results / benchmark)), took(results / benchmark)
        if row and truth:
            truth = in_all(truth, results, study, row)
            minutes = (float(row["minutes"]), truth.seconds / 60)
            memory = (float(row["memory_mb"]), truth.memory_mb)
            found.append(Outcome(row["rule"], row["run"], row["seed"], row["source"], *minutes, *memory))
    return found


def in_all(truth: Took, results: Path, study: str, row: Row) -> Took:
    """What a training took in all, where it was stopped and went on: its benchmark file is of the last process."""
    if rule(row["rule"]).work is not Work.TRAINING:
        return truth
    file = results / study / row["run"] / f"seed-{row['seed']}" / "train.json"
    record = read_json(file) if file.is_file() else {}
    seconds = record["seconds"] if record.get("resumed_at_steps") else 0.0
    return Took(max(truth.seconds, seconds), truth.memory_mb)


def known(values: Iterable[float]) -> list[float]:
    """Those of some values that are numbers."""
    return [value for value in values if not math.isnan(value)]
