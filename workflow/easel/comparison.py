"""What a study's runs came to, side by side: comparison.json and comparison.csv."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

COPIED = ("seconds", "images_per_second", "epochs", "device", "precision", "collapse")  # from train.json
OF_A_ROW = (
    "of", "metric", "value", "uncertainty", "uncertainty_kind", "n", "judge", "judge_note", "reference_split",
    "reference_n", "caveat",
)  # fmt: skip


def compare(
    runs: Mapping[str, Mapping[str, str]],  # run -> preset, family, description; in the order of the study
    seeds: Sequence[int],
    metrics: Iterable[Mapping[str, Any]],  # every metrics.json
    training: Iterable[Mapping[str, Any]],  # every train.json
) -> list[dict[str, Any]]:
    """The runs of comparison.json, each with what its seeds came to.

    Raises KeyError where a run and seed of the study has no record.
    """
    judged = {(record["run"], record["seed"]): record["metrics"] for record in metrics}
    trained = {(record["run"], record["seed"]): record for record in training}
    return [
        {
            "run": run,
            **about,
            "seeds": [seed_of(seed, trained[run, seed], judged[run, seed]) for seed in seeds],
        }
        for run, about in runs.items()
    ]


def seed_of(seed: int, trained: Mapping[str, Any], metrics: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One seed of a run, from its train.json and the rows of its metrics.json."""
    return {
        "seed": seed,
        **{key: trained[key] for key in COPIED},
        "parameters": {name: network["parameters"] for name, network in trained["networks"].items()},
        "metrics": list(metrics),
    }


def table(study: str, runs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of comparison.csv: one per run, seed and row of metrics.json, all with the same keys.

    runs: what `compare` returns. A key that a row of metrics.json does not have is empty.
    """
    return [
        {
            "study": study,
            **{key: run[key] for key in ("run", "preset", "family")},
            **{key: seed[key] for key in ("seed", "epochs", "seconds", "images_per_second", "precision")},
            "device": seed["device"]["name"],
            "parameters": sum(seed["parameters"].values()),
            **{key: row.get(key, "") for key in OF_A_ROW},
        }
        for run in runs
        for seed in run["seeds"]
        for row in seed["metrics"]
    ]
