"""Trainings small enough for unit tests: run them, interrupt them, compare them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from easel.training.loop import train
from easel.training.state import TrainingState
from easel.training.trainer import Trainer


@dataclass
class Training:
    """A training: `run` takes it to its end."""

    trainer: Trainer
    state: TrainingState
    board: Path | None = None

    def run(self) -> None:
        train(self.trainer, self.state, self.board)

    @property
    def weights(self) -> list[np.ndarray]:
        """Everything that training changes."""
        return [variable.numpy() for variable in self.trainer.variables.values()]

    def before_step(self, step: int, action: Callable[[], None]) -> None:
        """Call `action` before each compiled call that begins at `step` or later."""
        steps = self.trainer.run_steps

        def run_steps(first: int, count: int) -> np.ndarray:
            if first >= step:
                action()
            return steps(first, count)

        self.trainer.run_steps = run_steps

    def after_step(self, step: int, change: Callable[[np.ndarray], None]) -> None:
        """Let `change` alter the metrics, float32 (count, metrics), of each call that begins at `step` or later."""
        steps = self.trainer.run_steps

        def run_steps(first: int, count: int) -> np.ndarray:
            rows = steps(first, count)
            if first >= step:
                change(rows)
            return rows

        self.trainer.run_steps = run_steps


def assert_same(one: Training, other: Training) -> None:
    """Check that all variables have the same bytes, and that the histories differ in nothing but the clock."""
    for a, b in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    rows = [[{k: v for k, v in row.items() if k != "seconds"} for row in each.state.rows()] for each in (one, other)]
    assert rows[0] == rows[1]


def assert_reconstruction_improves(training: Training) -> None:
    """Train, and check that the reconstruction error falls by a fifth from the first row of the history to the last."""
    training.run()
    rows = training.state.rows()
    assert rows[-1]["reconstruction"] < 0.8 * rows[0]["reconstruction"]
