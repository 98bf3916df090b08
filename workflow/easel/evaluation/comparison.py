"""What a study's runs came to, side by side: comparison.json and comparison.csv.

A difference between two runs is one of their means over the seeds that both have been trained with: a seed fixes the
initial weights, the batches and the latents, so that runs are compared seed by seed. With one seed each nothing is
known of how much a training varies, only how much its samples do; the words say which it is.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import NormalDist
from typing import Any

from easel.metrics import intervals
from easel.metrics.catalogue import BETTER, COLUMN

COPIED = ("seconds", "images_per_second", "epochs", "device", "precision", "collapse")  # from train.json
OF_A_ROW = (
    "of", "metric", "value", "uncertainty", "uncertainty_kind", "n", "judge", "judge_note", "reference_split",
    "reference_n", "truncation", "label", "caveat",
)  # fmt: skip
LEVEL = 0.95
OVER_SEEDS = "95 % interval of the mean over seeds (Student's t)"
OF_ONE = "95 % interval of the samples of one training: how much trainings vary is not in it"
UNPAIRED = "95 % interval, unpaired: over seeds where a run has several, else of its samples"
NONE = "no interval: one training, and the spread of parts of its samples only"

Row = Mapping[str, Any]


def compare(
    runs: Mapping[str, Mapping[str, str]],  # run -> preset, family, description; in the order of the study
    seeds: Sequence[int],
    metrics: Iterable[Mapping[str, Any]],  # every metrics.json
    training: Iterable[Mapping[str, Any]],  # every train.json
) -> list[dict[str, Any]]:
    """The runs of comparison.json, each with what its seeds came to.

    Raises KeyError where a run and seed of the study has no record.
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
        **{key: trained[key] for key in COPIED},
        "parameters": {name: network["parameters"] for name, network in trained["networks"].items()},
        "samples": judged["samples"],
        "metrics": list(judged["metrics"]),
    }


def external(
    runs: Mapping[str, Mapping[str, str]],  # name -> description
    metrics: Iterable[Mapping[str, Any]],  # every metrics.json
) -> list[dict[str, Any]]:
    """The images made elsewhere of comparison.json, in the form of runs, with nothing about a training."""
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
    """For all numbers that can be compared, each run's mean and interval, and how far each is from the best.

    runs: what `compare` and `external` return. Numbers share a column only if they share everything in COLUMN.
    """
    columns: dict[tuple, dict[str, dict[int, Row]]] = {}
    for run in runs:
        for seed in run["seeds"]:
            for row in seed["metrics"]:
                if row["of"] in ("samples", "reconstructions") and known(row["value"]):
                    column = tuple(row.get(key) for key in COLUMN)
                    columns.setdefault(column, {}).setdefault(run["run"], {})[seed["seed"]] = row
    return [
        {**dict(zip(COLUMN, column, strict=True)), **column_of(column[2], found)} for column, found in columns.items()
    ]


def column_of(metric: str, found: Mapping[str, Mapping[int, Row]]) -> dict[str, Any]:
    """One column of the summary. found: run -> seed -> row."""
    means = {run: mean_of(rows) for run, rows in found.items()}
    better = BETTER.get(metric, "")
    first = None
    if better and len(means) > 1:
        first = (min if better == "lower" else max)(means, key=lambda run: means[run]["mean"])
    differences = [
        {"run": run, "from": first, **difference_of(rows, found[first])}
        for run, rows in found.items()
        if first is not None and run != first
    ]
    hold_several(differences)
    said = {row["caveat"] for rows in found.values() for row in rows.values() if row.get("caveat")}
    return {
        "judge_note": next(row.get("judge_note") for rows in found.values() for row in rows.values()),
        "better": better,
        "runs": [{"run": run, **mean} for run, mean in means.items()],
        "first": first,
        "is_best": bool(differences) and all(each["real"] for each in differences),
        "differences": differences,
        "caveats": sorted(said),
    }


def hold_several(differences: list[dict[str, Any]]) -> None:
    """Take back that a difference is real where it may be chance, as several were looked at: Holm's step-down test.

    Holm 1979, Scandinavian Journal of Statistics 6, 65-70. Of differences whose p is known.
    """
    tested = sorted((each for each in differences if each["p"] is not None), key=lambda each: each["p"])
    held = True
    for place, each in enumerate(tested):
        held = held and each["p"] <= (1 - LEVEL) / (len(tested) - place)
        each["real"] = each["real"] and held


def mean_of(rows: Mapping[int, Row]) -> dict[str, Any]:
    """A run's mean over its seeds with an interval: over seeds, or of one training its samples'."""
    values = [row["value"] for row in rows.values()]
    if len(values) > 1:
        mean, low, high = intervals.mean_interval(values, LEVEL)
        return {"seeds": len(values), "mean": mean, "low": low, "high": high, "interval": OVER_SEEDS}
    (row,) = rows.values()
    if not known(row["uncertainty"]) or is_spread(row["uncertainty_kind"]):
        return {"seeds": 1, "mean": values[0], "low": None, "high": None, "interval": NONE}
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * row["uncertainty"]
    return {"seeds": 1, "mean": values[0], "low": values[0] - reach, "high": values[0] + reach, "interval": OF_ONE}


def is_spread(kind: str) -> bool:
    """Whether an uncertainty is how far parts of the samples are from each other, and not how far the whole is off."""
    return kind.startswith(("standard deviation of", "standard deviation over"))


def difference_of(rows: Mapping[int, Row], others: Mapping[int, Row]) -> dict[str, Any]:
    """How far a run's mean is from another's, seed by seed: with an interval, and whether it is real.

    Real is a difference whose interval leaves 0 out.
    """
    shared = sorted(rows.keys() & others.keys())
    if len(shared) > 1:
        ours, theirs = ([each[seed]["value"] for seed in shared] for each in (rows, others))
        difference, low, high, p = intervals.paired_difference(ours, theirs, LEVEL)
        kind = OVER_SEEDS
    else:
        one, other = mean_of(rows), mean_of(others)
        difference, p = one["mean"] - other["mean"], None
        kind = OF_ONE if one["seeds"] == other["seeds"] == 1 else UNPAIRED
        low = high = None
        if known(one["low"]) and known(other["low"]):
            reach = math.hypot(one["high"] - one["mean"], other["high"] - other["mean"])
            low, high = difference - reach, difference + reach
    real = low is not None and known(low) and (low > 0 or high < 0)
    found = {"difference": difference, "low": low, "high": high, "p": p}
    return {
        "seeds": len(shared) if len(shared) > 1 else min(len(rows), len(others)),
        **{key: value if known(value) else None for key, value in found.items()},
        "real": bool(real),
        "interval": kind,
    }


def known(value: float | None) -> bool:
    """Whether a number is there and finite."""
    return value is not None and math.isfinite(value)


# --- as a table ----------------------------------------------------------------------------------------


def table(study: str, runs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of comparison.csv: one per run, seed and row of metrics.json, all with the same keys.

    runs: what `compare` and `external` return. What a run or a row does not have is empty.
    """
    return [
        {
            "study": study,
            **{key: run.get(key, "") for key in ("run", "preset", "family")},
            **{key: seed.get(key, "") for key in ("seed", "epochs", "seconds", "images_per_second", "precision")},
            "device": seed["device"]["name"] if "device" in seed else "",
            "parameters": sum(seed["parameters"].values()) if "parameters" in seed else "",
            **{key: row.get(key, "") for key in OF_A_ROW},
        }
        for run in runs
        for seed in run["seeds"]
        for row in seed["metrics"]
    ]
