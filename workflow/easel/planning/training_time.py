"""The time of a training from the measured time of each of its parts, and how many steps fit into a time.

It counts what a training counts as its `seconds`: from its first picture to its last snapshot, with everything between.
Starting Python, building the networks, the last checkpoint and the outputs are not part of it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from easel.config.presets import SAVE_SECONDS, PresetBase


def steps_of(settings: PresetBase, images: int) -> int:
    """The steps of a training on so many images."""
    return max(1, round(settings.known_epochs * images / settings.batch_size))


@dataclass(frozen=True)
class TrainingTime:
    """The schedule of a training on so many images, and the measured seconds of its parts.

    seconds: of `first_picture`, `first_call` (which compiles, and takes the first step), `step`, `picture`,
    `first_snapshot`, `snapshot` and `checkpoint`.
    """

    settings: PresetBase
    images: int
    seconds: Mapping[str, float]

    @property
    def per_epoch(self) -> float:
        """Steps in an epoch, maybe fractional."""
        return self.images / self.settings.batch_size

    def until(self, last: int, first: int = 0) -> float:
        """Seconds of the steps after `first`, up to the last snapshot of a training that ends at step `last`."""
        if first >= last:
            return 0.0
        seconds = self.seconds
        found = seconds["first_call"] + (last - first - 1) * seconds["step"]
        found += self.pictures(last, first) * seconds["picture"]
        found += self.snapshots(last, first) * seconds["snapshot"]
        found += (self.checkpoints(last, first) + self.checkpoints_between(last, first)) * seconds["checkpoint"]
        if first == 0:
            found += seconds["first_picture"] - seconds["picture"]
        return found + seconds["first_snapshot"] - seconds["snapshot"]

    def steps_within(self, seconds: float) -> int:
        """The most steps that a training can have to end in so many seconds; 0 if not even one."""
        fits, too_many = 0, 2 + math.floor(seconds / self.seconds["step"])
        while too_many - fits > 1:
            middle = (fits + too_many) // 2
            if self.until(middle) <= seconds:
                fits = middle
            else:
                too_many = middle
        return fits

    def epochs_of(self, steps: int) -> float:
        """The epochs of so many steps, of which a training makes the same number of steps again."""
        return float(f"{steps / self.per_epoch:.9g}")

    # --- what happens after step `first`, up to the end at step `last` ------------------------------------

    def pictures(self, last: int, first: int = 0) -> int:
        """Progress pictures: one at the start, and one at each multiple of `draw_every`."""
        every = self.settings.draw_every
        return last // every - first // every + (first == 0)

    def snapshots(self, last: int, first: int = 0) -> int:
        """Snapshots: after 1, 2, 4, … epochs, and at the end."""
        doublings = (round(2**power * self.per_epoch) for power in range(2 + math.ceil(math.log2(1 + last))))
        return len({step for step in doublings if first < step < last}) + 1

    def checkpoints(self, last: int, first: int = 0) -> int:
        """Checkpoints but the last: one at each multiple of `checkpoint_every`."""
        return (last - 1) // self.checkpoint_steps - first // self.checkpoint_steps

    def checkpoints_between(self, last: int, first: int = 0) -> int:
        """Checkpoints between those: one whenever SAVE_SECONDS have passed."""
        every, due = self.checkpoint_steps, self.checkpoints(last, first)
        if not due:
            return self._saved_in(last - first)
        until_first, after_last = every - first % every, last - (last - 1) // every * every
        return self._saved_in(until_first) + (due - 1) * self._saved_in(every) + self._saved_in(after_last)

    @property
    def checkpoint_steps(self) -> int:
        """The steps of `checkpoint_every` epochs."""
        return max(1, round(self.settings.checkpoint_every * self.per_epoch))

    def _saved_in(self, steps: int) -> int:
        return math.floor(steps * self.seconds["step"] / SAVE_SECONDS)
