"""Do a study's judges agree on its runs? The entry `agreement` of comparison.json.

A run is the best by a metric if every judge that passed its check puts it first, and each judge's own test, which
comparison.py has made, finds its lead over every other run larger than chance. Of equal runs, one judge alone calls a
run the best in at most 5 % of studies. All of them do so at most as often as any one does, however their values depend
on each other, so the level of 5 % holds for the panel, too; the price is that a true winner is harder to prove.
"""

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import Any

import numpy as np

from easel.evaluation.judge_failures import has_failed
from easel.evaluation.metrics_row import finite
from easel.metrics.catalogue import COMPARABLE_KEYS
from easel.metrics.orders import kendall_tau_b, ranks

METRIC_KEYS = tuple(key for key in COMPARABLE_KEYS if key != "judge")
"""Keys that columns of the summary share if they differ by their judge only."""


class Undecided(StrEnum):
    """Why no run is the best by a metric, the first that holds."""

    JUDGE_FAILED = "judge_failed"
    """No judge passed its check."""
    JUDGES_DISAGREE = "judges_disagree"
    """Two judges contradict each other about two runs, each by more than chance."""
    ONE_SEED = "one_seed"
    """A lead is not tested, because a run has a single seed."""
    INCONCLUSIVE = "inconclusive"
    """Leads may be chance, or a run has no value by some judge."""


Column = Mapping[str, Any]
"""Of the summary in comparison.json."""


def agreement(summary: Sequence[Column]) -> list[dict[str, Any]]:
    """What the judges say of all runs together: an entry for each metric that has a direction, and at least two runs.

    summary: of `comparison.summary`. A study of one judge has the same entries: that judge agrees with itself.
    """
    metrics: dict[tuple, list[Column]] = {}
    for column in summary:
        if column["better"]:
            metrics.setdefault(tuple(column[key] for key in METRIC_KEYS), []).append(column)
    return [
        {**dict(zip(METRIC_KEYS, metric, strict=True)), **agreement_on(columns)}
        for metric, columns in metrics.items()
        if len(runs_of(columns)) > 1
    ]


def agreement_on(columns: Sequence[Column]) -> dict[str, Any]:
    """The agreement on one metric. columns: a judge each."""
    seeing = [column for column in columns if not has_failed(column)]
    opposed = [
        {"judges": [one["judge"], other["judge"]], "runs": [one["first"], other["first"]]}
        for one, other in combinations(seeing, 2)
        if is_real(one, other["first"]) and is_real(other, one["first"])
    ]
    best = best_by_all(seeing, runs_of(columns))
    return {
        "better": columns[0]["better"],
        "judges": [
            {
                "judge": column["judge"],
                "failed": has_failed(column),
                "first": column["first"],
                "is_best": column["is_best"],
                "ranks": {} if has_failed(column) else ranks_by(column),
            }
            for column in columns
        ],
        "tau": [
            {"judges": [one["judge"], other["judge"]], "tau": finite(tau_between(one, other))}
            for one, other in combinations(seeing, 2)
        ],
        "best": best,
        "reason": None if best is not None else why_undecided(seeing, bool(opposed)),
        "opposed": opposed,
    }


def best_by_all(seeing: Sequence[Column], runs: set[str]) -> str | None:
    """The run that every judge calls better than all others; None if there is none.

    seeing: of judges that passed their check. runs: those with a value by any judge.
    """
    firsts = {column["first"] if column["is_best"] and runs_of([column]) == runs else None for column in seeing}
    return firsts.pop() if len(firsts) == 1 else None


def why_undecided(seeing: Sequence[Column], opposed: bool) -> Undecided:
    """Why no run is the best. opposed: whether two judges contradict each other."""
    if not seeing:
        return Undecided.JUDGE_FAILED
    if opposed:
        return Undecided.JUDGES_DISAGREE
    untested = any(each["test"] is None for column in seeing for each in column["differences"])
    return Undecided.ONE_SEED if untested else Undecided.INCONCLUSIVE


def is_real(column: Column, run: str) -> bool:
    """True if a judge finds a run worse than the one that it puts first, by more than chance."""
    return any(each["run"] == run and each["real"] for each in column["differences"])


def ranks_by(column: Column) -> dict[str, float]:
    """The rank of each run by its mean: 1 for the best; runs with equal means share the mean of their ranks."""
    sign = 1 if column["better"] == "lower" else -1
    found = ranks(sign * np.array([run["mean"] for run in column["runs"]]))
    return {run["run"]: float(rank) for run, rank in zip(column["runs"], found, strict=True)}


def tau_between(one: Column, other: Column) -> float:
    """Kendall's τ-b of two judges' means of the runs that both judged; NaN if it is undefined."""
    means = [{run["run"]: run["mean"] for run in column["runs"]} for column in (one, other)]
    both = [run for run in means[0] if run in means[1]]
    if len(both) < 2:
        return math.nan
    return kendall_tau_b(*(np.array([of_judge[run] for run in both]) for of_judge in means))


def runs_of(columns: Sequence[Column]) -> set[str]:
    """The names of the runs that have a value in some column."""
    return {run["run"] for column in columns for run in column["runs"]}
