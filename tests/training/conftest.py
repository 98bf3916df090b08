"""Small trainings as fixtures: narrow networks, 64 images of 32×32."""

from pathlib import Path

import keras
import numpy as np
import pytest
from helpers.small_trainings import Training
from pydantic import TypeAdapter

from easel.config.presets import Preset
from easel.study.load import load_study
from easel.training.state import TrainingState
from easel.training.trainer import Trainer

ROOT = Path(__file__).parents[2]
LATENT_DIMS = {"vq_vae": 16}  # presets that cannot have just any number
CLASSES = ("red", "green", "blue", "grey")
SMALL = {"batch_size": 16, "width": 4, "latent_dim": 8, "log_every": 2, "draw_every": 3, "checkpoint_every": 0.5}


@pytest.fixture(scope="session")
def images() -> np.ndarray:
    """uint8 (64, 32, 32, 3): coloured gradients."""
    random = np.random.default_rng(0)
    ramp = np.linspace(0, 1, 32)[None, :, None, None] * np.ones((1, 1, 32, 1))
    return (random.random((64, 1, 1, 3)) * ramp * 255).astype(np.uint8)


@pytest.fixture(scope="session")
def labels() -> np.ndarray:
    """(64,): each image's class, of CLASSES."""
    return np.arange(64) * 7 % 64 % len(CLASSES)


@pytest.fixture(scope="session")
def settings_of(tmp_path_factory):
    """settings_of("dcgan", epochs=2): a preset made small; "lean" is the model `lean_gan` without extras."""

    def settings_of(preset: str, **overrides):
        if preset == "lean":
            preset, overrides = "sngan", {"model": "lean_gan"} | overrides
        study = tmp_path_factory.mktemp("study") / "small.yaml"
        study.write_text(f"dataset: shapes\nruns: {{run: {{preset: {preset}}}}}\n")
        resolved = load_study({"study": str(study)}, ROOT).runs["run"].settings
        small = SMALL | {"epochs": 2.0, "latent_dim": LATENT_DIMS.get(preset, SMALL["latent_dim"])}
        return TypeAdapter(Preset).validate_python(resolved.model_dump() | small | overrides)

    return settings_of


@pytest.fixture
def trainer_of(images, labels, settings_of):
    """trainer_of("dcgan", epochs=2): the untrained networks of a preset of the project made small."""

    def trainer_of(
        preset: str, seed: int = 0, precision: str = "float32", jit_compile: bool = False, **overrides
    ) -> Trainer:
        # A job has a process of its own. Here Keras would go on numbering layers, and TensorFlow's graph optimiser adds
        # up in the order of names: conv2d_9 comes after conv2d_10, which changes the last bit.
        keras.backend.clear_session()
        settings = settings_of(preset, **overrides)
        return Trainer(images, settings, seed, precision, preset, labels, CLASSES, jit_compile)

    return trainer_of


@pytest.fixture
def training_of(trainer_of, tmp_path):
    """training_of("dcgan", epochs=2): a training of a preset of the project made small."""

    def training_of(preset: str, states: Path = tmp_path / "state", board: Path | None = None, **overrides) -> Training:
        trainer = trainer_of(preset, **overrides)
        return Training(trainer, TrainingState(trainer, states, {"data": "x"}), board)

    return training_of
