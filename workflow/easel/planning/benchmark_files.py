"""The cost of a job that ran, from the file that Snakemake writes for `benchmark:`."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

MIB = 2**20 / 1e6  # in MB; Snakemake's benchmark files say MB and mean MiB


@dataclass(frozen=True)
class JobCost:
    """The measured cost of a job."""

    seconds: float
    """Wall time of its process."""
    memory_mb: float
    """Peak resident memory; NaN if the job was too short to be sampled."""


def read_benchmark(file: str | Path) -> JobCost | None:
    """The content of a benchmark file; None if there is none, or none that can be read."""
    try:
        with open(file, newline="", encoding="utf-8") as table:
            row = next(csv.DictReader(table, delimiter="\t"))
        return JobCost(float(row["s"]), number(row["max_rss"]) * MIB)
    except (OSError, StopIteration, KeyError, ValueError):
        return None


def number(text: str) -> float:
    """A number of a benchmark file; NaN for "NA" and "-", which stand for unknown."""
    try:
        return float(text)
    except ValueError:
        return math.nan
