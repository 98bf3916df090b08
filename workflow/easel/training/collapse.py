"""Collapse detection during training.

There are two signs, both functions of the step and never of the clock: samples that have become nearly identical (mode
collapse, or a decoder that ignores its latents), and a discriminator that classifies practically every image correctly
for a whole epoch, from which the generator learns little. (The second needs a loss with a boundary between real and
fake.) Neither counts before the end of the first epoch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from easel.runtime.records import Caveat
from easel.training.history import Check, History

NEARLY_IDENTICAL = 0.2  # diversity below this; healthy runs pass 0.4 within an epoch
CHECKS = 2  # consecutive checks that must agree
WINNING = 0.99  # fraction of real and of fake images that a winning discriminator classifies correctly
MESSAGES = {
    "diversity": "collapsed at step {step}: the samples are nearly identical, with {diversity:.2f} times the diversity "
    "of training images",
    "discriminator": "collapsed at step {step}: for an epoch the discriminator has classified practically every image "
    "correctly",
}
"""The log's warning for each kind of collapse."""


@dataclass(frozen=True)
class AlikeSamples(Caveat, kind="alike_samples"):
    """A training that ended before its samples differed; too early to be called collapsed."""

    n: int
    """Steps."""


def median_nn_distance(images: np.ndarray) -> float:
    """The median Euclidean distance from an image to its nearest neighbour. images: uint8 (n, H, W, C), n ≥ 2.

    Samples from a few modes have a spread like the data's, but nearest neighbours at distance 0.
    """
    flat = images.reshape(len(images), -1).astype(np.float64)
    squares = np.sum(flat**2, axis=1)
    distances = squares[:, None] + squares[None, :] - 2.0 * flat @ flat.T
    np.fill_diagonal(distances, np.inf)
    return float(np.median(np.sqrt(np.maximum(distances.min(axis=1), 0.0))))


def diversity(samples: np.ndarray, data: np.ndarray) -> float:
    """The median nearest-neighbour distance of samples as a fraction of that of as many training images.

    Both are uint8 (n, H, W, C). 0 if all samples are identical; 1 if all training images are.
    """
    among_data = median_nn_distance(data)
    return median_nn_distance(samples) / among_data if among_data else 1.0


def detect(history: History, diversity: float, per_epoch: float) -> str:
    """The kind of collapse that a training is in, a key of MESSAGES; "" if none.

    history: until now, with the checks before this one. diversity: of the samples now. per_epoch: steps.
    """
    if history.step < per_epoch:
        return ""
    recent = [check.diversity for check in history.checks if check.step >= per_epoch] + [diversity]
    if len(recent) >= CHECKS and max(recent[-CHECKS:]) < NEARLY_IDENTICAL:
        return "diversity"
    accuracies = [i for i, name in enumerate(history.metrics) if name in ("real_accuracy", "fake_accuracy")]
    if not accuracies:
        return ""
    epoch = history.values[-round(per_epoch) :, accuracies]  # (steps, 2)
    return "discriminator" if epoch.mean(axis=0).min() >= WINNING else ""


def summary(
    checks: Sequence[Check],
    rows: Sequence[Mapping[str, float]],  # all of history.csv
    per_epoch: float,  # steps
    stopped: bool,  # whether the training ended because of the collapse
) -> dict[str, Any] | None:
    """The entry `collapse` of train.json: the first sign, and how long it lasted; None if there was no collapse."""
    first = next((check for check in checks if check.collapse), None)
    if first is None:
        return None
    return {
        "kind": first.collapse,
        "first_step": first.step,
        "first_epoch": first.step / per_epoch,
        "rows": sum(row["collapsed"] for row in rows),
        "of_rows": len(rows),
        "at_end": bool(checks[-1].collapse),
        "stopped": stopped,
    }


def caveats(checks: Sequence[Check]) -> list[Caveat]:
    """What the checks say of a training that did not collapse."""
    always = all(check.diversity < NEARLY_IDENTICAL and not check.collapse for check in checks)
    return [AlikeSamples(checks[-1].step)] if always else []
