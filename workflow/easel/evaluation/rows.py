"""Every metric of some images, as rows of metrics.json: each number with what it is."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from easel.evaluation.reference import Reference
from easel.judges import Outputs
from easel.metrics import fid, inception_score, kid, manifold, memorisation, neighbours
from easel.metrics.estimate import Estimate
from easel.runtime.console import Progress, log
from easel.runtime.memory import peak_memory

WORTH_SAYING = 0.05  # seconds
STRAIGHT = 8  # samples per dimension from which FID is nearly linear in 1/n


class Against(NamedTuple):
    """What images are compared with."""

    split: str | None
    n: int | None


Measurement = tuple[str, Estimate, Against]


class Nearest(NamedTuple):
    """The training image that each of n images is nearest to."""

    distances: np.ndarray
    """float64 (n,), in the judge's features"""
    indices: np.ndarray
    """integers (n,), into the training images"""


def nearest(found: Outputs, reference: Reference, label: str) -> Nearest:
    """The nearest training image of each of some images."""
    with Progress(len(found.features), "images", f"nearest training images of {label}") as progress:
        return Nearest(*neighbours.nearest(found.features, reference.train_features, advance=progress.update))


def rows(
    of: str,  # what the images are: `samples`, or one of the rows beside them
    found: Outputs,
    measured: Iterable[Measurement],
    about: Mapping[str, Any],  # the judge, and what a table says of it
    caveats: Sequence[str] = (),  # what is to be said of all numbers of these images
    of_metrics: Mapping[str, str] = {},  # what is to be said of one metric each
) -> list[dict[str, Any]]:
    """The rows of what is measured of n images, one after the other. What each took is said in the log."""
    made, started = [], time.monotonic()
    for name, estimate, against in measured:
        row = {
            "of": of, "metric": name, "value": finite(estimate.value), "uncertainty": finite(estimate.uncertainty),
            "uncertainty_kind": estimate.kind, "n": len(found.features), **about,
            "reference_split": against.split, "reference_n": against.n,
        }  # fmt: skip
        said = [*caveats, *caveat(name, found, against), *filter(None, [of_metrics.get(name)])]
        made.append(row | ({"caveat": "; ".join(said)} if said else {}))
        taken, started = time.monotonic() - started, time.monotonic()
        if taken > WORTH_SAYING:
            log.info("%s of %s: %.1f s, at most %d MB resident so far", name, of, taken, peak_memory())
    return made


def measurements(found: Outputs, reference: Reference, to_train: np.ndarray, label: str) -> Iterator[Measurement]:
    """The metrics of n images that need no classes: name, estimate, and what the images are compared with.

    to_train: (n,), the distance of each image to the nearest training image.
    """
    n = len(found.features)
    mean, covariance = reference["train_mean"], reference["train_covariance"]
    train = Against("train", int(reference["train_n"]))

    distance = fid.distance_to(found.features, mean, covariance)
    spread = fid.bootstrap(found.features, mean, covariance)
    yield "fid", Estimate(distance, spread, f"bootstrap standard deviation, {fid.RESAMPLES} resamples"), train
    yield "fid_infinity", fid.extrapolated(found.features, mean, covariance, spread=spread), train
    yield "kid", kid.kid(found.features, reference.train_features), train
    yield "inception_score", inception_score.inception_score(found.logits), Against(None, None)

    real = reference.some_train_features(n)
    with Progress(2 * len(real) + 2 * n, "images", f"precision and recall of {label}") as progress:
        scores = manifold.prdc(found.features, real, advance=progress.update)
    for name, estimate in scores.items():
        yield name, estimate, Against("train", len(real))
    for name, estimate in memorisation.memorisation(to_train, reference["test_nearest"]).items():
        yield name, estimate, train


def finite(value: float | None) -> float | None:
    """A number as JSON can hold it: None where it is not finite."""
    return float(value) if value is not None and np.isfinite(value) else None


def caveat(metric: str, found: Outputs, against: Against) -> list[str]:
    """What is to be said of a metric because of how many images there are."""
    n, dimensions = found.features.shape
    fewest = min(n, against.n or n)
    if metric in ("fid", "fid_infinity") and fewest <= dimensions:
        return [
            f"a covariance of {fewest:,} images in {dimensions:,} dimensions is singular: "
            "the value reads too high, and compares with values of the same n only"
        ]
    if metric == "fid_infinity" and n < STRAIGHT * dimensions:
        return [
            f"fewer than {STRAIGHT} samples per dimension: the line is not straight there, and the value may be too low"
        ]
    return []
