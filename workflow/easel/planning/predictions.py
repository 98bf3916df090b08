"""Predictions as files: plan.tsv, and a log of predictions for a comparison with the actual cost of jobs.

plan.tsv lists the jobs that are outdated now. A job that has run is in no later plan, so its prediction is kept next to
its benchmark file, in results/benchmarks/<study>/plan.tsv: for each job the newest prediction, and the newest of those
made before the job last ran.
"""

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from easel.planning.benchmark_files import JobCost, read_benchmark
from easel.planning.rules import Work, rule
from easel.runtime.files import atomic, read_if_whole

COLUMNS = ("rule", "run", "seed", "reasons", "minutes", "memory_mb", "disk_mb", "gpus", "source")
"""The columns of plan.tsv. reasons: a list of records, as JSON."""

KEPT = ("planned", "benchmark", *(name for name in COLUMNS if name != "reasons"))
"""The columns of the log. planned: time in UTC. benchmark: the job's benchmark file, relative to results/."""

Row = Mapping[str, Any]
"""A row of either file; every value is a str once it has been read."""


def write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a tab-separated table with a header."""
    with atomic(path) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns, delimiter="\t", lineterminator="\n", extrasaction="ignore")
        table.writeheader()
        table.writerows({name: " ".join(str(value).split()) for name, value in row.items()} for row in rows)


def read(path: Path) -> list[Row]:
    """The rows of a table; none if there is no such file."""
    if not path.is_file():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def log_file(results: Path, study: str) -> Path:
    """The log of a study's predictions. (A run cannot have the name plan.tsv.)"""
    return results / "benchmarks" / study / "plan.tsv"


def keep(results: Path, study: str, rows: Iterable[Row], now: datetime | None = None) -> None:
    """Add predictions to the log. rows: as `Plan.rows` gives them. now: the time of the prediction, for tests."""
    planned = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    new = {row["benchmark"]: {**row, "planned": planned} for row in rows}
    before: dict[str, list[Row]] = {}
    for row in read(log_file(results, study)):
        before.setdefault(row["benchmark"], []).append(row)
    found = []
    for benchmark in {**before, **new}:
        old = before.get(benchmark, [])
        if benchmark in new:
            last = last_before(old, finished_at(results / benchmark))
            old = [last] if last else []
        found += [*old, *([new[benchmark]] if benchmark in new else [])]
    write(log_file(results, study), KEPT, found)


def finished_at(benchmark: Path) -> datetime | None:
    """The time when a job last finished; None if it never did."""
    try:
        return datetime.fromtimestamp(benchmark.stat().st_mtime, UTC)
    except OSError:
        return None


def last_before(rows: Iterable[Row], finished: datetime | None) -> Row | None:
    """The newest of a job's predictions that was made before the job finished."""
    if finished is None:
        return None
    before = [row for row in rows if datetime.fromisoformat(row["planned"]) <= finished]
    return max(before, key=lambda row: row["planned"], default=None)


# --- afterwards ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlannedAndActual:
    """The predicted and the actual cost of a job."""

    rule: str
    run: str
    seed: str
    source: str
    planned_minutes: float
    minutes: float
    planned_memory_mb: float
    memory_mb: float
    """NaN if the job was too short to be sampled."""


def planned_and_actual(results: Path, study: str) -> list[PlannedAndActual]:
    """Every job of a study that was planned and then ran."""
    planned: dict[str, list[Row]] = {}
    for row in read(log_file(results, study)):
        planned.setdefault(row["benchmark"], []).append(row)
    found = []
    for benchmark, rows in planned.items():
        prediction = last_before(rows, finished_at(results / benchmark))
        actual = read_benchmark(results / benchmark)
        if prediction is None or actual is None:
            continue
        actual = over_all_processes(actual, results, study, prediction)
        found.append(
            PlannedAndActual(
                rule=prediction["rule"],
                run=prediction["run"],
                seed=prediction["seed"],
                source=prediction["source"],
                planned_minutes=float(prediction["minutes"]),
                minutes=actual.seconds / 60,
                planned_memory_mb=float(prediction["memory_mb"]),
                memory_mb=actual.memory_mb,
            )
        )
    return found


def over_all_processes(actual: JobCost, results: Path, study: str, row: Row) -> JobCost:
    """The cost of a training over all of its processes; its benchmark file tells that of the last one only."""
    if rule(row["rule"]).work is not Work.TRAINING:
        return actual
    file = results / study / row["run"] / f"seed-{row['seed']}" / "train.json"
    record = read_if_whole(file)
    seconds = record.get("seconds", 0.0) if record.get("resumed_at_steps") else 0.0
    return JobCost(max(actual.seconds, seconds), actual.memory_mb)


def known(values: Iterable[float]) -> list[float]:
    """The values that are not NaN."""
    return [value for value in values if not math.isnan(value)]
