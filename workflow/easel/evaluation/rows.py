"""Measure images as a judge sees them: rows of metrics.json, each value with its provenance."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from easel.evaluation.metrics_row import ComparedWith, row
from easel.evaluation.reference import Reference
from easel.judges import Outputs
from easel.metrics import cells, fid, inception_score, kid, manifold, memorisation, neighbours
from easel.metrics.estimate import Bootstrap, Estimate
from easel.runtime.console import Progress, log
from easel.runtime.memory import peak_memory
from easel.runtime.records import Caveat

WORTH_LOGGING = 0.05  # seconds
LINEAR_FROM = 8  # samples per dimension from which FID is nearly linear in 1/n

Measurement = tuple[str, Estimate, ComparedWith]


class Nearest(NamedTuple):
    """The nearest training image of each of n images, in the judge's features."""

    distances: np.ndarray
    """float64 (n,)"""
    indices: np.ndarray
    """int64 (n,), into the training images"""


@dataclass(frozen=True)
class SingularCovariance(Caveat, kind="singular_covariance"):
    """No more images than dimensions: FID reads too high, and compares with values of the same n only."""

    n: int
    dimensions: int


@dataclass(frozen=True)
class NonlinearExtrapolation(Caveat, kind="nonlinear_extrapolation"):
    """FID∞ of so few samples per dimension that FID is not linear in 1/n: the value may be too low."""

    n: int
    dimensions: int
    samples_per_dimension: int
    """from which FID is nearly linear"""


def nearest_training_images(found: Outputs, reference: Reference, label: str) -> Nearest:
    """The nearest training image of each of some images. label: of the progress bar."""
    with Progress(len(found.features), "images", f"nearest training images of {label}") as progress:
        neighbour = neighbours.nearest_neighbours(found.features, reference.train_features, advance=progress.update)
        return Nearest(*neighbour)


def rows(
    of: str,  # the kind of images: one of `catalogue.OF`
    found: Outputs,
    measured: Iterable[Measurement],
    judge: Mapping[str, Any],  # `judge`, `judge_facts`, `device`, and the settings of sampling that are set
    caveats: Sequence[Mapping[str, Any]] = (),  # of all values of these images, as samples.json holds them
    of_metrics: Mapping[str, Caveat] = {},  # of one metric each
) -> list[dict[str, Any]]:
    """The rows of everything that is measured of n images. The log has the time that each metric took."""
    made, started = [], time.monotonic()
    for name, estimate, against in measured:
        own = [*caveats_of(name, found, against), *([of_metrics[name]] if name in of_metrics else [])]
        made.append(row(of, name, estimate, len(found.features), against, judge, [*caveats, *map(Caveat.as_json, own)]))
        taken, started = time.monotonic() - started, time.monotonic()
        if taken > WORTH_LOGGING:
            log.info("%s of %s: %.1f s, at most %d MB resident so far", name, of, taken, peak_memory())
    return made


def measurements(found: Outputs, reference: Reference, to_train: np.ndarray, label: str) -> Iterator[Measurement]:
    """The metrics of n images that need no classes of the dataset: name, estimate, and the real images that it is
    relative to.

    to_train: (n,), the distance of each image to its nearest training image. label: of the progress bar.
    """
    n = len(found.features)
    mean, covariance = reference["train_mean"], reference["train_covariance"]
    train = ComparedWith("train", int(reference["train_n"]))

    distance = fid.distance_to(found.features, mean, covariance)
    spread = fid.bootstrap(found.features, mean, covariance)
    yield "fid", Estimate(distance, Bootstrap(spread, fid.RESAMPLES)), train
    yield "fid_infinity", fid.extrapolated(found.features, mean, covariance, spread=spread), train
    yield "kid", kid.kid(found.features, reference.train_features), train
    if found.has_classes:
        yield "inception_score", inception_score.inception_score(found.logits), ComparedWith(None, None)

    real = reference.some_train_features(n)
    with Progress(2 * len(real) + 2 * n, "images", f"precision and recall of {label}") as progress:
        scores = manifold.prdc(found.features, real, advance=progress.update)
    for name, estimate in scores.items():
        yield name, estimate, ComparedWith("train", len(real))
    found_cells, test_cells = cells.cells_of(found.features, reference["cells"]), reference["test_cells"]
    copied = memorisation.memorisation(to_train, reference["test_nearest"], found_cells, test_cells)
    for name, estimate in copied.items():
        yield name, estimate, train


def caveats_of(metric: str, found: Outputs, against: ComparedWith) -> list[Caveat]:
    """Caveats that follow from the number of images and of the judge's features."""
    n, dimensions = found.features.shape
    fewest = min(n, against.n or n)
    if metric in ("fid", "fid_infinity") and fewest <= dimensions:
        return [SingularCovariance(fewest, dimensions)]
    if metric == "fid_infinity" and n < LINEAR_FROM * dimensions:
        return [NonlinearExtrapolation(n, dimensions, LINEAR_FROM)]
    return []
