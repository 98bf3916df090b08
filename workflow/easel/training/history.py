"""The measurements of a training: every step's metrics, its times, and what was found with each progress picture.

The rows of history.csv are computed from these, so they do not depend on how the training was divided into compiled
calls and jobs.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np


class Check(NamedTuple):
    """What was found with the progress picture of a step."""

    step: int
    diversity: float
    """See `easel.training.collapse`."""
    collapse: str
    """The kind of collapse; empty if there is none."""
    gap: float = np.nan
    """Of the discriminator; see `easel.training.overfitting`. nan where it is not watched."""
    near_copy_rate: float = np.nan
    """0..1; nan likewise."""
    overfitting: str = ""
    """The sign of overfitting; empty if there is none."""


class History:
    """The measurements of one training, in order, up to its current step.

    values: float32 (steps, metrics). clock: float64 (calls + 1, 2), pairs of a step and the seconds spent until then.
    checks: those with the progress pictures, in the order of their steps.
    """

    def __init__(self, metrics: tuple[str, ...], watched: tuple[str, ...] = ()):
        """metrics: the names of the values that a step returns. watched: of `near_copy_rate` and `discriminator_gap`,
        those that are measured."""
        self.metrics, self.watched = metrics, watched
        self.values = np.empty((0, len(metrics)), np.float32)
        self.clock = np.zeros((1, 2))
        self.checks: list[Check] = []

    @property
    def step(self) -> int:
        """The number of steps measured."""
        return len(self.values)

    @property
    def seconds(self) -> float:
        """Seconds spent training so far, over all jobs that took part."""
        return float(self.clock[-1, 1])

    def add(self, rows: np.ndarray, seconds: float) -> None:
        """Append the metrics of the next steps, float32 (steps, metrics), and the seconds that they took."""
        self.values = np.concatenate([self.values, rows])
        self.clock = np.concatenate([self.clock, [[self.step, self.seconds + seconds]]])

    def spend(self, seconds: float) -> None:
        """Count seconds that have passed since the last step, on its picture and its snapshot."""
        self.clock[-1, 1] += seconds

    def rows(self, log_every: int, per_epoch: float, batch_size: int, since: int = 0) -> list[dict[str, float]]:
        """The rows of history.csv after step `since`: one per `log_every` steps, and one for the remainder.

        Metrics are means over the steps since the previous row; the rest is of the last check.
        """
        ends = [*range(since // log_every * log_every + log_every, self.step + 1, log_every)]
        if self.step % log_every:
            ends.append(self.step)
        return [
            self._row(end, (end - 1) // log_every * log_every, per_epoch, batch_size) for end in ends if end > since
        ]

    def _row(self, end: int, start: int, per_epoch: float, batch_size: int) -> dict[str, float]:
        means = self.values[start:end].mean(axis=0, dtype=np.float64)
        check = self.last_check(end)
        return {
            "epoch": end / per_epoch,
            "step": end,
            "images": end * batch_size,
            "seconds": float(np.interp(end, *self.clock.T)),
            **dict(zip(self.metrics, means.tolist(), strict=True)),
            "diversity": check.diversity,
            "collapsed": int(bool(check.collapse)),
            **self._overfitting(check),
        }

    def _overfitting(self, check: Check) -> dict[str, float]:
        """Columns of what is watched, if anything is."""
        columns = {"near_copy_rate": check.near_copy_rate, "discriminator_gap": check.gap}
        return {name: value for name, value in columns.items() if name in self.watched}

    def last_check(self, step: int) -> Check:
        """The last check up to a step; its values are nan if there was none."""
        default = Check(0, np.nan, "")
        return max((check for check in self.checks if check.step <= step), default=default)

    def arrays(self) -> dict[str, np.ndarray]:
        """The measurements as arrays, for a checkpoint; the checks go into its JSON."""
        return {"values": self.values, "clock": self.clock}

    def restore(self, arrays: Mapping[str, np.ndarray], checks: Sequence[Sequence]) -> None:
        """Replace the measurements by those of a checkpoint."""
        self.values, self.clock = arrays["values"], arrays["clock"]
        self.checks = [Check(*check) for check in checks]
