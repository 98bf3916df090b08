"""The steps at which a training logs, draws, checkpoints and ends: functions of the settings, never of the clock.

Only further checkpoints, on which no result depends, follow the clock.
"""

import math
from dataclasses import dataclass

from easel.config.presets import PresetBase


@dataclass(frozen=True)
class Schedule:
    """The steps of one training. A step is one batch of real images; step n is the state after n steps.

    last: the end of the training. per_epoch: steps in an epoch, maybe fractional. snapshots: the steps that keep one.
    """

    last: int
    per_epoch: float
    log_every: int
    draw_every: int
    checkpoint_every: int
    snapshots: frozenset[int]

    @classmethod
    def of(cls, settings: PresetBase, images: int) -> "Schedule":
        """The schedule of a preset on a training split of `images` images."""
        per_epoch = images / settings.batch_size
        last = max(1, round(settings.known_epochs * per_epoch))
        return cls(
            last=last,
            per_epoch=per_epoch,
            log_every=settings.log_every,
            draw_every=settings.draw_every,
            checkpoint_every=max(1, round(settings.checkpoint_every * per_epoch)),
            snapshots=frozenset({*doublings(per_epoch, last), last}),
        )

    def next_event(self, step: int) -> int:
        """The first step after `step` at which anything is due."""
        every = (self.log_every, self.draw_every, self.checkpoint_every)
        multiples = [(step // interval + 1) * interval for interval in every]
        return min([*multiples, *(at for at in self.snapshots if at > step)])

    def logs(self, step: int) -> bool:
        """True if a row of the history ends at this step. (The remainder at the end is a row, too.)"""
        return step % self.log_every == 0

    def draws(self, step: int) -> bool:
        """True if a progress picture is drawn at this step, the start included. (One is drawn at the end, too.)"""
        return step % self.draw_every == 0

    def checkpoints(self, step: int) -> bool:
        """True if a checkpoint is written at this step. (One is written at the end, too.)"""
        return step % self.checkpoint_every == 0


def doublings(per_epoch: float, last: int) -> list[int]:
    """The steps nearest to 1, 2, 4, 8, … epochs, up to `last`."""
    steps = (round(2**power * per_epoch) for power in range(math.ceil(math.log2(last / per_epoch + 1)) + 1))
    return [step for step in steps if 0 < step <= last]
