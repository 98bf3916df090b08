"""Judge images class by class: how many there are of each, and each class's FID to its own training images."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from easel.evaluation.metrics_row import ComparedWith
from easel.evaluation.reference import Reference
from easel.evaluation.rows import Measurement
from easel.judges import Outputs
from easel.metrics import class_metrics
from easel.runtime.records import Caveat

FIRST = 10  # samples of each class whose indices are written


@dataclass(frozen=True)
class SingularClassCovariance(Caveat, kind="singular_class_covariance"):
    """No more images of the rarest class than dimensions: the mean of the classes' FID reads too high."""

    n: int
    dimensions: int


class ByClass:
    """Images with a class each: the true one, or the one that the judge sees."""

    def __init__(self, found: Outputs, labels: np.ndarray, reference: Reference, wanted: np.ndarray | None = None):
        """labels, wanted: integers (n,), the images' classes, and those that they were sampled for where there are."""
        self.found, self.labels, self.reference, self.wanted = found, labels, reference, wanted
        self.count = int(reference.train_labels.max()) + 1
        self.shares = class_metrics.shares(reference.train_labels, self.count)

    @cached_property
    def intra_class(self) -> class_metrics.IntraClassFid:
        """The FID within each class, and their mean."""
        reference = self.reference
        return class_metrics.intra_class_fid(
            self.found.features, self.labels, reference.train_features, reference.train_labels, self.count
        )

    def measurements(self) -> Iterator[Measurement]:
        """The metrics of classes: name, estimate, and the real images that it is relative to."""
        train = ComparedWith("train", len(self.reference.train_labels))
        yield "class_tv_distance", class_metrics.class_tv_distance(self.labels, self.shares), train
        yield "class_coverage", class_metrics.class_coverage(self.labels, self.shares), train
        if self.all_judged:
            yield "intra_class_fid", self.intra_class.mean, train
        if self.wanted is not None:
            yield "class_accuracy", class_metrics.class_accuracy(self.labels, self.wanted), ComparedWith(None, None)

    @property
    def all_judged(self) -> bool:
        """True if every class of the training images has a FID: a mean over fewer would reward dropping classes."""
        return not np.isnan(self.intra_class.values[self.shares > 0]).any()

    def caveats(self) -> dict[str, Caveat]:
        """Caveats by metric."""
        dimensions = self.found.features.shape[1]
        rarest = int(np.bincount(self.labels, minlength=self.count)[self.shares > 0].min())
        return {} if rarest > dimensions else {"intra_class_fid": SingularClassCovariance(rarest, dimensions)}

    def table(self, names: Sequence[str]) -> dict[str, Any]:
        """An entry of `classes` in metrics.json: each class's images, expected images, and FID.

        `first` are indices into the images, FIRST of each class or as many as there are.
        """
        n = len(self.labels)
        return {
            "names": list(names),
            "samples": np.bincount(self.labels, minlength=self.count).tolist(),
            "expected": [round(float(share) * n, 3) for share in self.shares],
            "fid": [None if np.isnan(value) else float(value) for value in self.intra_class.values],
            "first": [np.flatnonzero(self.labels == label)[:FIRST].tolist() for label in range(self.count)],
        }
