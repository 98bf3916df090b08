"""Compare a study's runs: comparison.json and comparison.csv.

A difference between two runs is that of their means over the seeds that both were trained with: a seed fixes the
initial weights, the batches and the latents, so runs are paired seed by seed, and a paired t-test decides. Its p is
right whatever the two variances and however much a seed's runs have in common. Welch's test, which pairs nothing,
stands beside it, and decides where fewer than two seeds are shared. With one seed each, only the variation of samples
is known, and not that of trainings: no test can be done, and no run is the best. metrics/best_of_several.py allows for
the best run having been chosen from the data.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeGuard

import numpy as np

from easel.evaluation import protocol
from easel.evaluation.judge_failures import failures_among
from easel.evaluation.metrics_row import finite
from easel.metrics import best_of_several, intervals
from easel.metrics.catalogue import COMPARABLE_KEYS, SAMPLING_KEYS, direction
from easel.metrics.estimate import standard_error

TRAINING_KEYS = ("seconds", "images_per_second", "epochs", "device", "precision", "collapse")  # from train.json
LEVEL = 0.95


class Test(StrEnum):
    """Tests of a difference between two runs, the one that decides first."""

    PAIRED = "paired"
    """Student's t-test of the differences at the seeds that both runs have, at least two."""
    WELCH = "welch"
    """Welch's t-test of two runs with at least two seeds each, whichever they are."""


class Interval(StrEnum):
    """The kinds of 95 % intervals in comparison.json."""

    OVER_SEEDS = "over_seeds"
    """Student's t of the mean over seeds, or of paired differences."""
    ONE_TRAINING = "one_training"
    """The samples of one training: the variation from training to training is not in it."""
    UNPAIRED = "unpaired"
    """A difference of two runs that share at most one seed: Welch's, or from each run's own interval."""
    NONE = "none"
    """One training, and no standard error of its value."""


Row = Mapping[str, Any]


def compare(
    runs: Mapping[str, Mapping[str, str]],  # run -> preset, family, description; in the order of the study
    seeds: Sequence[int],
    metrics: Iterable[Mapping[str, Any]],  # every metrics.json
    training: Iterable[Mapping[str, Any]],  # every train.json
) -> list[dict[str, Any]]:
    """The runs of comparison.json, each with the results of its seeds.

    Raises KeyError if a run and seed of the study has no record.
    """
    judged = {(record["run"], record["seed"]): record for record in metrics}
    trained = {(record["run"], record["seed"]): record for record in training}
    return [
        {
            "run": run,
            **about,
            "seeds": [seed_of(seed, trained[run, seed], judged[run, seed]) for seed in seeds],
        }
        for run, about in runs.items()
    ]


def seed_of(seed: int, trained: Mapping[str, Any], judged: Mapping[str, Any]) -> dict[str, Any]:
    """One seed of a run, from its train.json and its metrics.json."""
    return {
        "seed": seed,
        **{key: trained[key] for key in TRAINING_KEYS},
        "minutes": (trained.get("budget") or {}).get("minutes"),
        "parameters": {name: network["parameters"] for name, network in trained["networks"].items()},
        "samples": judged["samples"],
        "metrics": list(judged["metrics"]),
    }


def external(
    runs: Mapping[str, Mapping[str, str]],  # name -> description
    metrics: Iterable[Mapping[str, Any]],  # every metrics.json
) -> list[dict[str, Any]]:
    """External samples in comparison.json, in the form of runs, without what a training has."""
    judged = {record["run"]: record for record in metrics}
    return [
        {
            "run": run,
            "path": judged[run]["samples"]["path"],
            **about,
            "seeds": [{key: judged[run][key] for key in ("seed", "samples", "metrics")}],
        }
        for run, about in runs.items()
    ]


# --- means, intervals, differences ---------------------------------------------------------------------


def summary(runs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each run's mean and interval and its difference from the best, for every column of comparable values.

    runs: from `compare` and `external`. Values are in the same column if they share all COMPARABLE_KEYS.
    """
    columns: dict[tuple, dict[str, dict[int, Row]]] = {}
    for run in runs:
        for seed in run["seeds"]:
            for row in seed["metrics"]:
                if row["of"] in ("samples", "reconstructions") and is_finite(row["value"]):
                    column = tuple(row.get(key) for key in COMPARABLE_KEYS)
                    columns.setdefault(column, {}).setdefault(run["run"], {})[seed["seed"]] = row
    return [
        {**dict(zip(COMPARABLE_KEYS, column, strict=True)), **column_of(column[2], found)}
        for column, found in columns.items()
    ]


def column_of(metric: str, found: Mapping[str, Mapping[int, Row]]) -> dict[str, Any]:
    """One column of the summary. found: run -> seed -> row."""
    means = {run: mean_of(rows) for run, rows in found.items()}
    rows = [row for by_seed in found.values() for row in by_seed.values()]
    caveats = distinct(caveat for row in rows for caveat in row["caveats"])
    better = direction(metric)
    first = None
    if better and len(means) > 1 and not failures_among(caveats):
        first = (min if better == "lower" else max)(means, key=lambda run: means[run]["mean"])
    differences = differences_from(first, found) if first is not None else []
    return {
        "judge_facts": rows[0]["judge_facts"],
        "better": better,
        "runs": [{"run": run, **mean, "spread": protocol.spread_of([found[run]])} for run, mean in means.items()],
        "spread": protocol.spread_of(found.values()),
        "first": first,
        "is_best": bool(differences) and all(each["real"] for each in differences),
        "differences": differences,
        "caveats": caveats,
    }


def mean_of(rows: Mapping[int, Row]) -> dict[str, Any]:
    """A run's mean over its seeds with an interval: over seeds, or over the samples of its only training."""
    values = [row["value"] for row in rows.values()]
    if len(values) > 1:
        mean, low, high = intervals.mean_interval(values, LEVEL)
        return {"seeds": len(values), "mean": mean, "low": low, "high": high, "interval": Interval.OVER_SEEDS}
    (row,) = rows.values()
    reach = intervals.half_width(standard_error(row["uncertainty"]), LEVEL)
    return {
        "seeds": 1,
        "mean": values[0],
        "low": finite(values[0] - reach),
        "high": finite(values[0] + reach),
        "interval": Interval.NONE if math.isnan(reach) else Interval.ONE_TRAINING,
    }


def differences_from(first: str, found: Mapping[str, Mapping[int, Row]]) -> list[dict[str, Any]]:
    """The differences of the other runs from the best one, with tests that allow for having chosen it from the data.

    found: run -> seed -> row.
    """
    runs, best = list(found), list(found).index(first)
    seeds = sorted({seed for rows in found.values() for seed in rows})
    values = np.array(
        [[rows[seed]["value"] if seed in rows else math.nan for seed in seeds] for rows in found.values()]
    )
    raw = {Test.PAIRED: best_of_several.paired_p(values), Test.WELCH: best_of_several.welch_p(values)}
    corrected = {test: best_of_several.against_best(p, best) for test, p in raw.items()}
    level = best_of_several.level_from_best(LEVEL, len(runs))
    needed = protocol.seeds_needed(values, best)
    differences = []
    for i, run in enumerate(runs):
        if run != first:
            tests = {
                test.value: {"p": finite(raw[test][i, best]), "corrected": finite(corrected[test][i])} for test in Test
            }
            compared = difference_of(found[run], found[first], level)
            p = tests[compared["test"]]["corrected"] if compared["test"] else None
            real = p is not None and p <= 1.0 - LEVEL
            more = None if real or compared["test"] is not Test.PAIRED else needed[i]
            differences.append(
                {"run": run, "from": first, **compared, "p": p, "real": real, "tests": tests, "seeds_to_settle": more}
            )
    return differences


def difference_of(rows: Mapping[int, Row], others: Mapping[int, Row], level: float) -> dict[str, Any]:
    """The difference between two runs' means with its interval, and the test that decides whether it is real.

    `test` is null where there is one seed: how much trainings vary is then unknown, and the interval has the variation
    of samples only.
    """
    shared = sorted(rows.keys() & others.keys())
    if len(shared) > 1:
        ours, theirs = ([each[seed]["value"] for seed in shared] for each in (rows, others))
        found, test, kind = intervals.paired_difference(ours, theirs, level), Test.PAIRED, Interval.OVER_SEEDS
    elif min(len(rows), len(others)) > 1:
        ours, theirs = ([row["value"] for row in each.values()] for each in (rows, others))
        found, test, kind = intervals.welch_difference(ours, theirs, level), Test.WELCH, Interval.UNPAIRED
    else:
        one, other = mean_of(rows), mean_of(others)
        reach = math.nan
        if is_finite(one["low"]) and is_finite(other["low"]):
            reach = math.hypot(one["high"] - one["mean"], other["high"] - other["mean"])
        difference = one["mean"] - other["mean"]
        found, test = intervals.Difference(difference, difference - reach, difference + reach), None
        kind = Interval.ONE_TRAINING if one["seeds"] == other["seeds"] == 1 else Interval.UNPAIRED
    return {
        "seeds": len(shared) if len(shared) > 1 else min(len(rows), len(others)),
        "difference": finite(found.value),
        "low": finite(found.low),
        "high": finite(found.high),
        "interval": kind,
        "test": test,
    }


def is_finite(value: float | None) -> TypeGuard[float]:
    """True if a value of a JSON file is a finite number, and not null."""
    return value is not None and math.isfinite(value)


def distinct(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Records without repetitions, in the order in which they come."""
    found: list[Mapping[str, Any]] = []
    for record in records:
        if record not in found:
            found.append(record)
    return found


# --- as a table ----------------------------------------------------------------------------------------


def table(study: str, runs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of comparison.csv: one per run, seed and row of metrics.json, all with the same keys.

    runs: from `compare` and `external`. Cells of keys that a run or a row does not have are empty.
    """
    return [
        {
            "study": study,
            **{key: run.get(key, "") for key in ("run", "preset", "family")},
            **{key: seed.get(key, "") for key in ("seed", "epochs", "seconds", "images_per_second", "precision")},
            "device": seed["device"]["name"] if "device" in seed else "",
            "parameters": sum(seed["parameters"].values()) if "parameters" in seed else "",
            **cells_of(row),
        }
        for run in runs
        for seed in run["seeds"]
        for row in seed["metrics"]
    ]


def cells_of(row: Row) -> dict[str, Any]:
    """The columns of comparison.csv that come from a row of metrics.json: one value each, kinds by their keys."""
    uncertainty, facts = row["uncertainty"] or {}, row["judge_facts"] or {}
    return {
        **{key: row[key] for key in ("of", "metric", "value")},
        "uncertainty": uncertainty.get("value", ""),
        "uncertainty_kind": uncertainty.get("kind", ""),
        **{key: row[key] for key in ("n", "judge")},
        "judge_kind": facts.get("kind", ""),
        **{key: row[key] for key in ("reference_split", "reference_n")},
        **{key: row.get(key, "") for key in ("likelihood", *SAMPLING_KEYS)},
        "judged_on": row["device"]["name"],
        "caveats": ",".join(caveat["kind"] for caveat in row["caveats"]),
    }
