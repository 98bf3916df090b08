"""A training small enough for unit tests: narrow networks, 64 images of 32×32."""

from pathlib import Path

import keras
import numpy as np
import pytest
from pydantic import TypeAdapter

from easel.config.presets import Preset
from easel.study.load import load_study
from easel.training.loop import Training

ROOT = Path(__file__).parents[2]
LATENTS = {"vq_vae": 16}  # where not any number will do
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
    """settings_of("dcgan", epochs=2): a preset of the project made small; "lean" is the model `lean_gan` as it is."""

    def settings_of(preset: str, **overrides):
        if preset == "lean":
            preset, overrides = "sngan", {"model": "lean_gan"} | overrides
        study = tmp_path_factory.mktemp("study") / "small.yaml"
        study.write_text(f"dataset: shapes\nruns: {{run: {{preset: {preset}}}}}\n")
        resolved = load_study({"study": str(study)}, ROOT).runs["run"].settings
        small = SMALL | {"epochs": 2.0, "latent_dim": LATENTS.get(preset, SMALL["latent_dim"])}
        return TypeAdapter(Preset).validate_python(resolved.model_dump() | small | overrides)

    return settings_of


@pytest.fixture
def training_of(images, labels, settings_of, tmp_path):
    """training_of("dcgan", epochs=2): a training that has not begun."""

    def training_of(preset: str, seed: int = 0, states: Path = tmp_path / "state", **overrides) -> Training:
        of_training = {name: overrides.pop(name) for name in ("jit_compile", "board") if name in overrides}
        precision = overrides.pop("precision", "float32")
        # A job has a process of its own. Here Keras would go on numbering layers, and TensorFlow's optimiser adds up in
        # an order of names: conv2d_9 comes after conv2d_10, and the last bit is another.
        keras.backend.clear_session()
        settings = settings_of(preset, **overrides)
        told = {"labels": labels, "classes": CLASSES}
        return Training(images, settings, seed, precision, states, {"data": "x"}, preset, **told, **of_training)

    return training_of
