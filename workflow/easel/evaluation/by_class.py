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
    """Images with the class that the judge sees in each, and the requested or true one where there is one.

    The FID within classes is taken both ways: `intra_class_fid` groups images by the requested class, so that a
    generator that ignores its label scores badly, and `predicted_class_fid` by the judge's guess.
    """

    def __init__(self, found: Outputs, labels: np.ndarray, reference: Reference, wanted: np.ndarray | None = None):
        """labels, wanted: integers (n,), the judge's classes, and those requested, or true ones of real images."""
        self.found, self.labels, self.reference, self.wanted = found, labels, reference, wanted
        self.count = int(reference.train_labels.max()) + 1
        self.shares = class_metrics.shares(reference.train_labels, self.count)

    @cached_property
    def groups(self) -> dict[str, np.ndarray]:
        """The classes that images are grouped by, for each FID within classes: integers (n,), by metric."""
        requested = {} if self.wanted is None else {"intra_class_fid": self.wanted}
        return requested | {"predicted_class_fid": self.labels}

    @cached_property
    def within(self) -> dict[str, class_metrics.IntraClassFid]:
        """The FIDs within each class, and their mean, by metric."""
        reference = self.reference
        return {
            metric: class_metrics.intra_class_fid(
                self.found.features, labels, reference.train_features, reference.train_labels, self.count
            )
            for metric, labels in self.groups.items()
        }

    def measurements(self) -> Iterator[Measurement]:
        """The metrics of classes: name, estimate, and the real images that it is relative to."""
        train = ComparedWith("train", len(self.reference.train_labels))
        yield "class_tv_distance", class_metrics.class_tv_distance(self.labels, self.shares), train
        yield "class_coverage", class_metrics.class_coverage(self.labels, self.shares), train
        for metric, found in self.within.items():
            if self.all_judged(found):
                yield metric, found.mean, train
        if self.wanted is not None:
            yield "class_accuracy", class_metrics.class_accuracy(self.labels, self.wanted), ComparedWith(None, None)

    def all_judged(self, found: class_metrics.IntraClassFid) -> bool:
        """True if every class of the training images has a FID: a mean over fewer would reward dropping classes."""
        return not np.isnan(found.values[self.shares > 0]).any()

    def caveats(self) -> dict[str, Caveat]:
        """Caveats by metric."""
        dimensions = self.found.features.shape[1]
        found: dict[str, Caveat] = {}
        for metric, labels in self.groups.items():
            rarest = int(np.bincount(labels, minlength=self.count)[self.shares > 0].min())
            if rarest <= dimensions:
                found[metric] = SingularClassCovariance(rarest, dimensions)
        return found

    def table(self, names: Sequence[str]) -> dict[str, Any]:
        """An entry of `classes` in metrics.json: each class's images as the judge sees them, expected images, and FID.

        `fid_by` says whether the FID is that of the images that the class was requested for, or was predicted of.
        `first` are indices into the images, FIRST of each class or as many as there are.
        """
        n, metric = len(self.labels), next(iter(self.groups))
        return {
            "names": list(names),
            "samples": np.bincount(self.labels, minlength=self.count).tolist(),
            "expected": [round(float(share) * n, 3) for share in self.shares],
            "fid": [None if np.isnan(value) else float(value) for value in self.within[metric].values],
            "fid_by": "requested" if metric == "intra_class_fid" else "predicted",
            "first": [np.flatnonzero(self.labels == label)[:FIRST].tolist() for label in range(self.count)],
        }
