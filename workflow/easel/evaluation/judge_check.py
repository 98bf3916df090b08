"""Check that a judge can judge a dataset, before its numbers count: the content of check.json.

Three things are checked on real images: the judge classifies better than chance, if its classes are the dataset's; it
tells test images from pixel Gaussians; and its features vary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from easel.evaluation.judge_failures import (
    ConstantFeatures,
    JudgeAtChance,
    JudgeBlindToNoise,
    JudgeFailure,
    OneDimensionalFeatures,
    RepeatedFeatures,
)
from easel.metrics import fid, intervals
from easel.metrics.estimate import Bootstrap, Estimate
from easel.metrics.feature_spread import distinct_rows, participation_ratio

LEVEL = 0.999
"""Confidence of both tests: one judge in a thousand that cannot judge passes one."""
ONE_DIRECTION = 1.01
"""Participation ratio up to which features count as varying along one direction."""


def check(statistics: Mapping[str, np.ndarray], test_images: np.ndarray, knows_classes: bool) -> dict[str, Any]:
    """Everything that was checked, with `caveats`, the failures.

    statistics: the arrays of reference.npz. test_images: uint8 (m, H, W, C), those whose features it has, in its order.
    knows_classes: whether the judge's classes are the dataset's.
    """
    accuracy = Accuracy.of(statistics) if knows_classes else None
    noise, features = Noise.of(statistics), Features.of(statistics, test_images)
    failures = [each.failure() for each in (accuracy, noise, features) if each]
    return {
        "accuracy": accuracy.as_json() if accuracy else None,
        "noise": noise.as_json(),
        "features": features.as_json(),
        "caveats": [failure.as_json() for failure in failures if failure],
    }


@dataclass(frozen=True)
class Accuracy:
    """The judge's accuracy on test images, against chance."""

    correct: int
    n: int
    chance: float
    """The share of the most frequent class: the accuracy of naming it always."""

    @classmethod
    def of(cls, statistics: Mapping[str, np.ndarray]) -> "Accuracy":
        labels = statistics["test_labels"]
        right = statistics["test_logits"].argmax(axis=1) == labels
        return cls(int(right.sum()), len(labels), float(np.bincount(labels).max() / len(labels)))

    @property
    def at_least(self) -> float:
        """The lower bound of the true accuracy."""
        return intervals.proportion_at_least(self.correct, self.n, LEVEL)

    def failure(self) -> JudgeFailure | None:
        return None if self.at_least > self.chance else JudgeAtChance(self.correct, self.n, self.chance)

    def as_json(self) -> dict[str, Any]:
        return {"correct": self.correct, "n": self.n, "at_least": self.at_least, "chance": self.chance}


@dataclass(frozen=True)
class Noise:
    """The FIDs of m test images and of m pixel Gaussians to the training images."""

    n: int
    test_images: Estimate
    pixel_gaussian: Estimate

    @classmethod
    def of(cls, statistics: Mapping[str, np.ndarray]) -> "Noise":
        train = statistics["train_mean"], statistics["train_covariance"]
        found = []
        for images in (statistics["test_features"], statistics["gaussian_features"]):
            spread = Bootstrap(fid.bootstrap(images, *train), fid.RESAMPLES)
            found.append(Estimate(fid.distance_to(images, *train), spread))
        return cls(len(statistics["test_features"]), *found)

    def failure(self) -> JudgeFailure | None:
        apart = intervals.is_above(self.pixel_gaussian, self.test_images, LEVEL)
        return None if apart else JudgeBlindToNoise(self.n, self.test_images.value, self.pixel_gaussian.value)

    def as_json(self) -> dict[str, Any]:
        return {"n": self.n} | {
            of: {"fid": estimate.value, "uncertainty": estimate.uncertainty and estimate.uncertainty.as_json()}
            for of, estimate in (("test_images", self.test_images), ("pixel_gaussian", self.pixel_gaussian))
        }


@dataclass(frozen=True)
class Features:
    """The spread of the features of real images."""

    dimensions: int
    participation_ratio: float
    """Effective number of directions in which those of training images vary."""
    distinct: int
    """Different features of test images."""
    images: int
    """Different test images."""

    @classmethod
    def of(cls, statistics: Mapping[str, np.ndarray], test_images: np.ndarray) -> "Features":
        ratio = participation_ratio(statistics["train_mean"], statistics["train_covariance"])
        distinct = distinct_rows(statistics["test_features"])
        images = distinct_rows(test_images.reshape(len(test_images), -1))
        return cls(len(statistics["train_mean"]), ratio, distinct, images)

    def failure(self) -> JudgeFailure | None:
        if self.participation_ratio == 0.0:
            return ConstantFeatures(self.dimensions)
        if self.participation_ratio <= ONE_DIRECTION and self.dimensions > 1:
            return OneDimensionalFeatures(self.dimensions)
        return RepeatedFeatures(self.distinct, self.images) if 2 * self.distinct <= self.images else None

    def as_json(self) -> dict[str, Any]:
        return {
            "dimensions": self.dimensions, "participation_ratio": self.participation_ratio,
            "distinct": self.distinct, "images": self.images,
        }  # fmt: skip
