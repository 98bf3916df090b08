"""Small trainings as fixtures: narrow networks, 64 images of 32×32."""

from pathlib import Path

import numpy as np
import pytest
from helpers.small_trainings import Training, small_images, small_labels, small_settings, small_trainer

from easel.training.state import TrainingState
from easel.training.trainer import Trainer


@pytest.fixture(scope="session")
def images() -> np.ndarray:
    """uint8 (64, 32, 32, 3): coloured gradients."""
    return small_images()


@pytest.fixture(scope="session")
def labels() -> np.ndarray:
    """(64,): each image's class."""
    return small_labels()


@pytest.fixture(scope="session")
def settings_of(tmp_path_factory):
    """settings_of("dcgan", epochs=2): a preset made small; "lean" is the model `lean_gan` without extras."""
    return lambda preset, **overrides: small_settings(tmp_path_factory.mktemp("study"), preset, **overrides)


@pytest.fixture
def trainer_of(settings_of):
    """trainer_of("dcgan", epochs=2): the untrained networks of a preset of the project made small."""

    def trainer_of(
        preset: str, seed: int = 0, precision: str = "float32", jit_compile: bool = False, **overrides
    ) -> Trainer:
        return small_trainer(settings_of(preset, **overrides), seed, precision, jit_compile)

    return trainer_of


@pytest.fixture
def training_of(trainer_of, tmp_path):
    """training_of("dcgan", epochs=2): a training of a preset of the project made small."""

    def training_of(preset: str, states: Path = tmp_path / "state", board: Path | None = None, **overrides) -> Training:
        trainer = trainer_of(preset, **overrides)
        return Training(trainer, TrainingState(trainer, states, {"data": "x"}), board)

    return training_of
