"""Budgets in minutes: the epochs that fit into them, from the measured time of each part of a training."""

import math
from typing import Any

from easel.planning.training_time import TrainingTime
from easel.runtime.errors import EaselError

LONGEST = 20.0
"""Seconds of steps that a measurement takes at most."""
SHARE = 0.1
"""Of a budget: a measurement takes no more of it, but for its start."""


def seconds_of_measurement(minutes: float) -> float:
    """The seconds of steps to measure for a budget."""
    return min(LONGEST, SHARE * 60 * minutes)


def budget(minutes: float, time: TrainingTime, run: str) -> dict[str, Any]:
    """The epochs that fit into so many minutes, their steps, and the images per second of a step alone.

    Raises EaselError if not even one step fits.
    """
    steps = time.steps_within(60 * minutes)
    if not steps:
        fewest = math.ceil(100 * time.until(1) / 60) / 100
        raise EaselError(
            f"runs.{run}: minutes is {minutes:g}, but here it takes {time.until(1):.1f} seconds to compile the first "
            f"step, draw pictures and keep a snapshot. Set minutes to more than {fewest:g}, or set epochs"
        )
    return {
        "minutes": minutes,
        "epochs": time.epochs_of(steps),
        "steps": steps,
        "images_per_second": round(time.settings.batch_size / time.seconds["step"], 1),
    }
