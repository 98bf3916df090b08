"""Whether an adversarial game is lost, seen while it is played.

Two signs, both functions of the step and never of the clock: samples that have become nearly alike (mode collapse,
or a decoder that ignores its latents), and a discriminator that recognises practically everything for a whole
epoch, from which the generator learns little. (One whose loss has no boundary between real and
fake recognises nothing.) Neither counts before the first epoch has ended.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from easel.training.history import History, Look

ALIKE = 0.2  # diversity below which samples count as nearly alike; healthy runs pass 0.4 within an epoch
LOOKS = 2  # that many looks in a row
RECOGNISED = 0.99  # fraction of real and of fake images that a winning discriminator recognises
MESSAGES = {
    "diversity": "collapsed at step {step}: samples differ from each other {diversity:.2f} times as much as images do",
    "discriminator": "collapsed at step {step}: for an epoch the discriminator has recognised practically everything",
}
"""What the log says of each kind of collapse."""


def nearest(images: np.ndarray) -> float:
    """The median distance from an image to the one most like it; images: uint8 (n, H, W, C), n ≥ 2.

    A few modes drawn again and again have a spread like the data's, but neighbours at no distance.
    """
    flat = images.reshape(len(images), -1).astype(np.float64)
    squares = np.sum(flat**2, axis=1)
    distances = squares[:, None] + squares[None, :] - 2.0 * flat @ flat.T
    np.fill_diagonal(distances, np.inf)
    return float(np.median(np.sqrt(np.maximum(distances.min(axis=1), 0.0))))


def diversity(samples: np.ndarray, data: np.ndarray) -> float:
    """How different samples are from each other, as a fraction of how different as many training images are.

    Both are uint8 (n, H, W, C). 0 where all samples are the same; of images that are all the same: 1.
    """
    among_data = nearest(data)
    return nearest(samples) / among_data if among_data else 1.0


def verdict(history: History, diversity: float, per_epoch: float) -> str:
    """The kind of collapse that a training is in, a key of MESSAGES, or "" for none.

    history: until now, with the looks before this one. diversity: of the samples now.
    """
    if history.step < per_epoch:
        return ""
    late = [look.diversity for look in history.looks if look.step >= per_epoch] + [diversity]
    if len(late) >= LOOKS and max(late[-LOOKS:]) < ALIKE:
        return "diversity"
    accuracies = [i for i, name in enumerate(history.metrics) if name in ("real_accuracy", "fake_accuracy")]
    if not accuracies:
        return ""
    epoch = history.values[-round(per_epoch) :, accuracies]  # (steps, 2)
    return "discriminator" if epoch.mean(axis=0).min() >= RECOGNISED else ""


def summary(
    looks: Sequence[Look],
    rows: Sequence[Mapping[str, float]],  # all of history.csv
    per_epoch: float,
    stopped: bool,  # whether the training ended because of it
) -> dict[str, Any] | None:
    """What train.json says of it: the first sign, and how it went on; None where there was none."""
    first = next((look for look in looks if look.collapse), None)
    if first is None:
        return None
    return {
        "kind": first.collapse,
        "first_step": first.step,
        "first_epoch": first.step / per_epoch,
        "rows": sum(row["collapsed"] for row in rows),
        "of_rows": len(rows),
        "at_end": bool(looks[-1].collapse),
        "stopped": stopped,
    }
