"""The cost of one more seed of a run: of its jobs that ran, as a plan would expect it; else of its last plan."""

from collections.abc import Mapping
from pathlib import Path, PurePath
from statistics import median
from typing import Any

from easel.planning.benchmark_files import read_benchmark
from easel.planning.predictions import log_file, over_all_processes, read
from easel.planning.rules import Work, rule


def seconds_of_a_seed(results: Path, study: str, run: str) -> float | None:
    """Seconds of all jobs of one seed of a run, one after the other: training, sampling, evaluation, page.

    None where nothing is known of its training. External samples have no jobs of this kind.
    """
    found = planned_seconds(results, study, run) | actual_seconds(results, study, run)
    if not any(rule(name).work is Work.TRAINING for name in found):
        return None
    return sum(found.values())


def actual_seconds(results: Path, study: str, run: str) -> dict[str, float]:
    """By rule, the median time of a run's jobs that ran."""
    seconds: dict[str, list[float]] = {}
    for file in sorted((results / "benchmarks" / study / run).glob("seed-*/*.tsv")):
        if cost := read_benchmark(file):
            job = {"rule": file.stem, "run": run, "seed": file.parent.name.removeprefix("seed-")}
            seconds.setdefault(file.stem, []).append(over_all_processes(cost, results, study, job).seconds)
    return {name: median(each) for name, each in seconds.items()}


def planned_seconds(results: Path, study: str, run: str) -> dict[str, float]:
    """The same as it was last planned, of jobs of one seed."""
    rows: list[Mapping[str, Any]] = [row for row in read(log_file(results, study)) if row["run"] == run and row["seed"]]
    seconds: dict[str, list[float]] = {}
    for row in rows:
        seconds.setdefault(PurePath(row["benchmark"]).stem, []).append(60 * float(row["minutes"]))
    return {name: median(each) for name, each in seconds.items()}
