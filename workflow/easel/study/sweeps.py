"""Sweeps: a run with lists among its overrides stands for a run per value, or per combination of values.

    dcgan: {preset: dcgan, learning_rate: [1e-4, 2e-4], loss: [hinge, least_squares]}

is four runs: `dcgan-learning_rate-0.0001-loss-hinge`, `dcgan-learning_rate-0.0001-loss-least_squares`, and so on.
A name holds a run's own values and nothing of the others, so that one more value in a list renames no run.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, get_origin

from easel.config.base import LONGEST_NAME
from easel.config.presets import FAMILIES

LISTS = {key for kind in FAMILIES for key, field in kind.model_fields.items() if get_origin(field.annotation) is list}
"""The keys of presets that are lists themselves, and cannot be swept."""
DIGITS = 8
"""Of the hash that ends a name which would be too long."""


@dataclass(frozen=True)
class Variant:
    """One of the runs that an entry of a study's `runs` stands for."""

    name: str
    preset: str
    overrides: dict[str, Any]
    """The entry's other keys, with one value in place of each list."""
    at: dict[str, int]
    """Which value that is: swept key -> index in its list. Empty where nothing is swept."""

    @property
    def swept(self) -> dict[str, Any]:
        """What sets it apart from the entry's other runs: swept key -> value."""
        return {key: self.preset if key == "preset" else self.overrides[key] for key in self.at}

    def keys(self, key: str) -> tuple[str | int, ...]:
        """Where a key's value stands in the entry: the key, and the index in its list."""
        return (key, self.at[key]) if key in self.at else (key,)


def variants(entry: str, run: dict[str, Any]) -> Iterator[Variant]:
    """The runs that `run`, called `entry` in the study, stands for; the last list written varies fastest.

    Whether the values are right is not looked at. A list of no values, or of two that cannot be told apart by name,
    is a ValueError that names the key.
    """
    swept = [key for key, value in run.items() if isinstance(value, list) and key not in LISTS]
    labels = {key: labels_of(key, run[key]) for key in swept}
    for indices in product(*(range(len(run[key])) for key in swept)):
        at = dict(zip(swept, indices, strict=True))
        name = "-".join([entry, *(f"{key}-{labels[key][index]}" for key, index in at.items())])
        overrides = run | {key: run[key][index] for key, index in at.items()}
        yield Variant(fitting(name), overrides.pop("preset"), overrides, at)


def labels_of(key: str, values: list[Any]) -> list[str]:
    """What stands for each value of a list in the names of runs."""
    if not values:
        raise ValueError(f"{key}: should not be empty, and is []")
    first = {}
    for value in values:
        label = label_of(value)
        if label in first and value == first[label]:
            raise ValueError(f"{key}: {label[:80]} is listed twice")
        if label in first:
            raise ValueError(f"{key}: two values are both '{label[:80]}' in the names of runs; change one of them")
        first[label] = value
    return list(first)


def label_of(value: Any) -> str:
    """A value as part of a name: 1e-4 is 0.0001, 4.0 is 4, true is true; what no name may hold becomes `_`."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, float):
        text = text.removesuffix(".0").replace("e+", "e")
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", text)


def fitting(name: str) -> str:
    """A name that may be used: one too long ends in a hash of what is cut off, so that it stays what it is."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - DIGITS - 1]}-{hashlib.sha256(name.encode()).hexdigest()[:DIGITS]}"
