"""What a training measured: every step's metrics, when they were taken, and what its samples looked like.

The rows of history.csv are made of this, so a row is the same however the training was cut into calls and jobs.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np


class Look(NamedTuple):
    """What the samples of a step came to, and whether the training counted as collapsed there."""

    step: int
    diversity: float
    """See `easel.training.collapse`."""
    collapse: str
    """Which kind of collapse; empty where there is none."""


class History:
    """The measurements of one training, in order, up to the step that it has come to."""

    def __init__(self, metrics: tuple[str, ...]):
        """metrics: the names of what a step returns."""
        self.metrics = metrics
        self.values = np.empty((0, len(metrics)), np.float32)
        self.clock = np.zeros((1, 2))
        self.looks: list[Look] = []

    @property
    def step(self) -> int:
        """How many steps have been measured."""
        return len(self.values)

    @property
    def seconds(self) -> float:
        """Spent training until now, over all jobs that took part."""
        return float(self.clock[-1, 1])

    def add(self, rows: np.ndarray, seconds: float) -> None:
        """Take in the metrics of the next steps, float32 (steps, metrics), and how long they took."""
        self.values = np.concatenate([self.values, rows])
        self.clock = np.concatenate([self.clock, [[self.step, self.seconds + seconds]]])

    def rows(self, log_every: int, per_epoch: float, batch_size: int, since: int = 0) -> list[dict[str, float]]:
        """The rows of history.csv after step `since`: one for every `log_every` steps, and one for what is left.

        Metrics are means over the steps since the row before; diversity is as it was last measured.
        """
        ends = [*range(since // log_every * log_every + log_every, self.step + 1, log_every)]
        if self.step % log_every:
            ends.append(self.step)
        return [
            self._row(end, (end - 1) // log_every * log_every, per_epoch, batch_size) for end in ends if end > since
        ]

    def _row(self, end: int, start: int, per_epoch: float, batch_size: int) -> dict[str, float]:
        means = self.values[start:end].mean(axis=0, dtype=np.float64)
        look = self.last_look(end)
        return {
            "epoch": end / per_epoch,
            "step": end,
            "images": end * batch_size,
            "seconds": float(np.interp(end, *self.clock.T)),
            **dict(zip(self.metrics, means.tolist(), strict=True)),
            "diversity": look.diversity,
            "collapsed": int(bool(look.collapse)),
        }

    def last_look(self, step: int) -> Look:
        """The last look at the samples up to a step."""
        return max((look for look in self.looks if look.step <= step), default=Look(0, np.nan, ""))

    # Checkpoints hold a history as arrays and as what JSON can say.

    def arrays(self) -> dict[str, np.ndarray]:
        """The measurements as arrays, for a checkpoint."""
        return {"values": self.values, "clock": self.clock}

    def restore(self, arrays: Mapping[str, np.ndarray], looks: list) -> None:
        """Go back to what `arrays` and `looks` held."""
        self.values, self.clock = arrays["values"], arrays["clock"]
        self.looks = [Look(*look) for look in looks]
