"""Training on images of other sizes than 32 pixels."""

import keras
import numpy as np
import pytest
from helpers.small_trainings import CLASSES, small_settings

from easel.training.trainer import Trainer


@pytest.mark.parametrize(
    ("preset", "size", "overrides"),
    [
        ("fast_cpu", 48, {"augment": ["colour", "translation", "cutout"]}),
        ("conv_vae", 48, {}),
        ("sngan", 128, {"lecam": 0.3, "ema_decay": 0.9}),
        ("vq_vae", 128, {"latent_dim": 64}),
    ],
)
def test_a_step(tmp_path, preset, size, overrides):
    """Every weight of the sampling network has a gradient, and its images have the size."""
    keras.backend.clear_session()
    images = np.random.default_rng(0).integers(0, 256, (8, size, size, 3), np.uint8)
    settings = small_settings(tmp_path, preset, batch_size=4, width=2, **overrides)
    trainer = Trainer(images, settings, 0, "float32", preset, np.arange(8) % len(CLASSES), CLASSES)
    sampler = trainer.objective.networks.get("generator") or trainer.objective.networks["decoder"]
    before = [weight.numpy() for weight in sampler.trainable_variables]
    assert np.isfinite(trainer.run_steps(0, 2)).all()
    assert sampler.output_shape == (None, size, size, 3)
    for weight, was in zip(sampler.trainable_variables, before, strict=True):
        assert not np.array_equal(weight.numpy(), was), weight.path
