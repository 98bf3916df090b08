"""What a job took, from the file that Snakemake writes by its `benchmark:`."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

MIB = 2**20 / 1e6  # in MB; what Snakemake's benchmark files call MB is a MiB


@dataclass(frozen=True)
class Took:
    """What a job took."""

    seconds: float
    """Of its process."""
    memory_mb: float
    """Resident at most; NaN where the job was too short to be looked at."""


def took(benchmark: str | Path) -> Took | None:
    """What a benchmark file of Snakemake's says; None where there is none, or nothing that can be read."""
    try:
        with open(benchmark, newline="") as file:
            row = next(csv.DictReader(file, delimiter="\t"))
        return Took(float(row["s"]), number(row["max_rss"]) * MIB)
    except (OSError, StopIteration, KeyError, ValueError):
        return None


def number(text: str) -> float:
    """A number of a benchmark file, where "NA" and "-" stand for one that is not known."""
    try:
        return float(text)
    except ValueError:
        return math.nan
