"""Some images class by class: how many there are of each, and how near each class comes to its own training images."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from easel.evaluation.reference import Reference
from easel.evaluation.rows import Against, Measurement
from easel.judges import Outputs
from easel.metrics import classes

FIRST = 10  # samples of each class that are named


class ByClass:
    """Images of which it is known, or a judge says, of which class each is."""

    def __init__(self, found: Outputs, labels: np.ndarray, reference: Reference, asked: np.ndarray | None = None):
        """labels: integers (n,), the images' classes in the dataset. asked: likewise, those that they should be of."""
        self.found, self.labels, self.reference, self.asked = found, labels, reference, asked
        self.count = int(reference.train_labels.max()) + 1
        self.shares = classes.shares(reference.train_labels, self.count)

    @cached_property
    def inside(self) -> classes.IntraClassFid:
        """The FID within each class, and their mean."""
        reference = self.reference
        return classes.intra_class_fid(
            self.found.features, self.labels, reference.train_features, reference.train_labels, self.count
        )

    def measurements(self) -> Iterator[Measurement]:
        """The metrics that come from the classes: name, estimate, and what the images are compared with."""
        train = Against("train", len(self.reference.train_labels))
        yield "class_tv_distance", classes.class_tv_distance(self.labels, self.shares), train
        yield "class_coverage", classes.class_coverage(self.labels, self.shares), train
        if self.all_judged:
            yield "intra_class_fid", self.inside.mean, train
        if self.asked is not None:
            yield "class_accuracy", classes.class_accuracy(self.labels, self.asked), Against(None, None)

    @property
    def all_judged(self) -> bool:
        """Whether every class of the training images has a FID: a mean over fewer would reward dropping classes."""
        return not np.isnan(self.inside.values[self.shares > 0]).any()

    def caveats(self) -> dict[str, str]:
        """What is to be said of the metrics that come from the classes."""
        fewest, dimensions = (
            int(np.bincount(self.labels, minlength=self.count)[self.shares > 0].min()),
            self.found.features.shape[1],
        )
        if fewest > dimensions:
            return {}
        return {
            "intra_class_fid": f"{fewest:,} images of the rarest class in {dimensions:,} dimensions: "
            "a singular covariance, so the value reads too high, and compares with values of the same n only"
        }

    def table(self, names: Sequence[str]) -> dict[str, Any]:
        """Images and FID of each class, how many images there would be with the training images' shares, and the first.

        `first` are indices into the images, FIRST of each class or as many as there are.
        """
        n = len(self.labels)
        return {
            "names": list(names),
            "samples": np.bincount(self.labels, minlength=self.count).tolist(),
            "expected": [round(float(share) * n, 3) for share in self.shares],
            "fid": [None if np.isnan(value) else float(value) for value in self.inside.values],
            "first": [np.flatnonzero(self.labels == label)[:FIRST].tolist() for label in range(self.count)],
        }
