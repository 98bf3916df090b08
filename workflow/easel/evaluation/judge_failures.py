"""Failed checks of a judge, as caveats: each comes first among the caveats of every value by that judge.

judge_check.py finds them. They are in a file of their own because steps that only pass them on need no metrics.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from easel.runtime.records import Caveat


@dataclass(frozen=True)
class JudgeFailure(Caveat):
    """Base class: values by this judge cannot be relied on, so no run is called the best by them."""


@dataclass(frozen=True)
class JudgeAtChance(JudgeFailure, kind="judge_at_chance"):
    """The judge's accuracy is not clearly above that of naming the most frequent class."""

    correct: int
    """test images that it classified correctly"""
    n: int
    """test images"""
    chance: float
    """the share of the most frequent class among them, 0..1"""


@dataclass(frozen=True)
class JudgeBlindToNoise(JudgeFailure, kind="judge_blind_to_noise"):
    """The FID of pixel Gaussians is not clearly above that of as many test images."""

    n: int
    """images of each"""
    fid_of_test_images: float
    fid_of_noise: float


@dataclass(frozen=True)
class ConstantFeatures(JudgeFailure, kind="constant_features"):
    """Every training image has the same features."""

    dimensions: int


@dataclass(frozen=True)
class OneDimensionalFeatures(JudgeFailure, kind="one_dimensional_features"):
    """The features of training images vary along one direction only."""

    dimensions: int


@dataclass(frozen=True)
class RepeatedFeatures(JudgeFailure, kind="repeated_features"):
    """Most of the different test images have the features of another one."""

    distinct: int
    """different features"""
    images: int
    """different test images"""


def failures_among(caveats: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The caveats, as results files hold them, that are failed checks of a judge."""
    kinds = {failure.kind for failure in JudgeFailure.kinds()}
    return [caveat for caveat in caveats if caveat["kind"] in kinds]


def has_failed(row: Mapping[str, Any]) -> bool:
    """True if the judge of a row of metrics.json, or of a column of the summary, failed its check."""
    return bool(failures_among(row["caveats"]))
