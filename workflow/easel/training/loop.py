"""The training loop: one for every family.

A training is a pure function of (settings, images, seed): its history and its weights do not depend on how often it was
stopped, or on how its steps were divided into compiled calls.
"""

import time
from pathlib import Path

import numpy as np

from easel.config.presets import SAVE_SECONDS
from easel.runtime.console import Progress
from easel.runtime.errors import EaselError
from easel.runtime.interruption import StopSignals
from easel.training.monitor import Monitor
from easel.training.state import TrainingState
from easel.training.steps import CallLength
from easel.training.tensorboard import Board
from easel.training.trainer import Trainer

CALL_SECONDS = 1.0  # how long a compiled call should take: the rhythm of the progress bar and of stopping


def train(trainer: Trainer, state: TrainingState, board: Path | None = None) -> None:
    """Train to the end, from the newest whole checkpoint if there is one.

    board: folder for TensorBoard's events. Raises EaselError if a loss or a variable is no longer finite, or, once the
    state is saved, if a signal asked to stop.
    """
    schedule, batch_size, label = trainer.schedule, trainer.settings.batch_size, trainer.label
    calls = CallLength(CALL_SECONDS, trainer.objective.generator_every)
    state.restore()
    with (
        StopSignals() as stop,
        Progress(schedule.last * batch_size, "images", label, state.step * batch_size) as progress,
        Board(board) as events,
    ):
        monitor = Monitor(trainer, state, events)
        monitor.replay()
        clock = time.monotonic()
        monitor.observe()
        saved = time.monotonic()
        while not state.ended:
            count = min(calls.steps, schedule.next_event(state.step) - state.step)
            was_warm = calls.is_warm
            rows, in_steps = calls.timed(trainer.run_steps, state.step, count)
            clock, before = time.monotonic(), clock
            state.advance(rows, clock - before, in_steps if was_warm else 0.0)
            monitor.observe()
            monitor.log_row()
            progress.update(count * batch_size, describe_losses(trainer.objective.metrics, rows))
            is_due = schedule.checkpoints(state.step) or time.monotonic() - saved >= SAVE_SECONDS
            if is_due or state.ended or stop.asked:
                clock, before = time.monotonic(), clock
                state.history.spend(clock - before)
                state.save()
                saved = time.monotonic()
            if stop.asked and not state.ended:
                raise EaselError(
                    f"{label}: stopped by {stop.asked} at step {state.step} of {schedule.last}. Its state is saved; "
                    "the same snakemake command resumes from there."
                )
        monitor.finish()  # after the last checkpoint, because a longer training of this run does not end here


def describe_losses(metrics: tuple[str, ...], rows: np.ndarray) -> str:
    """The newest losses, for the progress bar. rows: float32 (steps, metrics)."""
    newest = zip(metrics, rows[-1], strict=True)
    return ", ".join(f"{name} {value:.3g}" for name, value in newest if not name.endswith("accuracy"))
