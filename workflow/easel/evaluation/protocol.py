"""How sure a comparison is, for comparison.json: the spread of trainings and of samples, and the seeds still needed."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from easel.evaluation.metrics_row import finite
from easel.metrics import intervals, seeds_to_settle
from easel.metrics.estimate import standard_error
from easel.metrics.spread import spread

Row = Mapping[str, Any]


def spread_of(runs: Iterable[Mapping[int, Row]]) -> dict[str, float | None]:
    """The components of the spread of a metric over seeds, averaged over runs (seed -> row of metrics.json each).

    Standard deviations in the metric's unit, and `share`, training's part of the variance; null where unknown: one seed
    tells nothing of trainings, and an uncertainty that is no standard error nothing of samples.
    """
    values = [[row["value"] for row in rows.values()] for rows in runs]
    errors = [[standard_error(row["uncertainty"]) for row in rows.values()] for rows in runs]
    return {name: finite(value) for name, value in spread(values, errors)._asdict().items()}


def seeds_needed(values: np.ndarray, best: int) -> list[dict[str, Any] | None]:
    """For each run, the seeds with which the best one's lead over it would probably be significant.

    values: (runs, seeds), NaN where a run lacks a seed. best: the index of the run with the best mean. None where no
    sensible number exists: fewer than two shared seeds, or a difference within noise of 0.

    `total` and `more` are seeds of both runs; `low` and `high` bound the total in half of all studies, null above
    `seeds_to_settle.MOST`.
    """
    tests = intervals.paired(values[:, None], values[None])
    found: list[dict[str, Any] | None] = []
    for run, numbers in enumerate(seeds_to_settle.seeds_to_settle(tests, best)):
        if run == best or numbers.total is None:
            found.append(None)
            continue
        shared = int(tests.freedom[run, best]) + 1
        total = max(numbers.total, shared + 1)  # so many were not enough
        found.append({
            "total": total, "more": total - shared, "low": max(numbers.low or 0, shared + 1), "high": numbers.high,
            "power": seeds_to_settle.POWER,
        })  # fmt: skip
    return found
