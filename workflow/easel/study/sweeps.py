"""Sweeps: a run whose overrides contain lists stands for one run per combination of the lists' values.

    dcgan: {preset: dcgan, learning_rate: [1e-4, 2e-4], loss: [hinge, least_squares]}

is four runs: `dcgan-learning_rate-0.0001-loss-hinge`, `dcgan-learning_rate-0.0001-loss-least_squares`, and so on.
A name contains only the run's own values, so that one more value in a list renames no run.
"""

import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, get_origin

from easel.config.base import LONGEST_NAME
from easel.config.presets import FAMILIES

LISTS = {key for kind in FAMILIES for key, field in kind.model_fields.items() if get_origin(field.annotation) is list}
"""The settings whose values are lists, which therefore cannot be swept."""
DIGITS = 8
"""Hexadecimal digits of the hash that ends a shortened name."""


@dataclass(frozen=True)
class Variant:
    """One of the runs that an entry of a study's `runs` stands for, not checked yet."""

    name: str
    preset: str
    overrides: dict[str, Any]
    """The entry's other keys, with one value in place of each list."""
    at: dict[str, int]
    """Swept key -> index of this run's value in its list. Empty without a sweep."""

    @property
    def swept(self) -> dict[str, Any]:
        """The settings that differ from the entry's other runs: swept key -> value."""
        return {key: self.preset if key == "preset" else self.overrides[key] for key in self.at}

    def location(self, key: str | int) -> tuple[str | int, ...]:
        """The location of a key's value in the entry: the key and, if it is swept, the index in its list."""
        return (key, self.at[key]) if isinstance(key, str) and key in self.at else (key,)


def variants(entry: str, run: dict[str, Any]) -> Iterator[Variant]:
    """The runs that `run`, called `entry` in the study, stands for; the last list varies fastest.

    Values are not checked. An empty list, or one with two values of the same label, is a ValueError that names the
    key.
    """
    swept = swept_keys(run)
    labels = {key: labels_of(key, run[key]) for key in swept}
    for indices in product(*(range(len(run[key])) for key in swept)):
        at = dict(zip(swept, indices, strict=True))
        name = "-".join([entry, *(f"{key}-{labels[key][index]}" for key, index in at.items())])
        overrides = run | {key: run[key][index] for key, index in at.items()}
        yield Variant(shortened_name(name), overrides.pop("preset"), overrides, at)


def swept_keys(run: dict[str, Any]) -> list[str]:
    """The keys of a run whose lists stand for several runs."""
    return [key for key, value in run.items() if isinstance(value, list) and key not in LISTS]


def count_variants(run: dict[str, Any]) -> int:
    """How many runs `run` stands for, without making them."""
    return math.prod(len(run[key]) for key in swept_keys(run))


def labels_of(key: str, values: list[Any]) -> list[str]:
    """The part of each value of a list in the names of runs. See `variants` for errors."""
    if not values:
        raise ValueError(f"{key}: should not be empty; found []")
    first: dict[str, Any] = {}
    for value in values:
        label = label_of(value)
        if label in first and value == first[label]:
            raise ValueError(f"{key}: {label[:80]} is listed twice")
        if label in first:
            raise ValueError(f"{key}: two values are both '{label[:80]}' in the names of runs; change one of them")
        first[label] = value
    return list(first)


def label_of(value: Any) -> str:
    """A value as part of a name: 1e-4 is 0.0001, 4.0 is 4, true is true; other characters become `_`."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, float):
        text = text.removesuffix(".0").replace("e+", "e")
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", text)


def shortened_name(name: str) -> str:
    """The name, or if it is too long its start and a hash of the whole, so that it stays unique and the same."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - DIGITS - 1]}-{hashlib.sha256(name.encode()).hexdigest()[:DIGITS]}"
