"""Trainings small enough for unit tests: run them, interrupt them, compare them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from pydantic import TypeAdapter

from easel.config.presets import Preset
from easel.study.load import load_study
from easel.training.loop import train
from easel.training.state import TrainingState
from easel.training.trainer import Trainer

ROOT = Path(__file__).parents[2]
LATENT_DIMS = {"vq_vae": 16}  # presets that cannot have just any number
CLASSES = ("red", "green", "blue", "grey")
SMALL = {"batch_size": 16, "width": 4, "latent_dim": 8, "log_every": 2, "draw_every": 3, "checkpoint_every": 0.5}


def small_images() -> np.ndarray:
    """uint8 (64, 32, 32, 3): coloured gradients."""
    random = np.random.default_rng(0)
    ramp = np.linspace(0, 1, 32)[None, :, None, None] * np.ones((1, 1, 32, 1))
    return (random.random((64, 1, 1, 3)) * ramp * 255).astype(np.uint8)


def small_labels() -> np.ndarray:
    """(64,): each image's class, of CLASSES."""
    return np.arange(64) * 7 % 64 % len(CLASSES)


def small_settings(folder: Path, preset: str, **overrides):
    """A preset made small; "lean" is the model `lean_gan` without extras. folder: for the file of a study."""
    if preset == "lean":
        preset, overrides = "sngan", {"model": "lean_gan"} | overrides
    study = folder / "small.yaml"
    study.write_text(f"dataset: shapes\nruns: {{run: {{preset: {preset}}}}}\n")
    resolved = load_study({"study": str(study)}, ROOT).runs["run"].settings
    small = SMALL | {"epochs": 2.0, "latent_dim": LATENT_DIMS.get(preset, SMALL["latent_dim"])}
    return TypeAdapter(Preset).validate_python(resolved.model_dump() | small | overrides)


def small_trainer(settings, seed: int = 0, precision: str = "float32", jit_compile: bool = False) -> Trainer:
    """The untrained networks of a preset made small."""
    # A job has a process of its own. Here Keras would go on numbering layers, and TensorFlow's graph optimiser adds
    # up in the order of names: conv2d_9 comes after conv2d_10, which changes the last bit.
    keras.backend.clear_session()
    label = settings.family
    return Trainer(small_images(), settings, seed, precision, label, small_labels(), CLASSES, jit_compile)


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
