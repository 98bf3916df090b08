"""The networks of a training: what they are built from, what is refused, and how they are exported."""

import sys

import keras
import numpy as np
import pytest
from helpers.small_trainings import CLASSES, small_settings

from easel.runtime.errors import EaselError
from easel.training.trainer import Trainer


def test_a_batch_larger_than_the_training_split_is_an_error(trainer_of):
    with pytest.raises(EaselError, match="batch_size is 65, but there are only 64 training images"):
        trainer_of("vae", batch_size=65)


def test_more_steps_than_can_be_counted_are_an_error(trainer_of, monkeypatch):
    monkeypatch.setattr("easel.training.trainer.MOST_STEPS", 7)
    with pytest.raises(EaselError, match="2 epochs are 8 steps of 16 images; a training can have 7"):
        trainer_of("vae")


def test_a_conditional_network_needs_two_classes(images, settings_of):
    with pytest.raises(EaselError, match="conditional is true, but the dataset has fewer than two classes"):
        Trainer(images, settings_of("cgan"), 0, "float32", labels=np.zeros(64), classes=["all"])


def test_an_unconditional_network_has_no_labels(trainer_of):
    trainer = trainer_of("cgan", conditional=False)
    assert trainer.labels is None
    assert len(trainer.networks["discriminator"].inputs) == 1


def test_initial_weights_depend_on_the_seed(trainer_of):
    one, other = (next(iter(trainer_of("vae", seed=seed).variables.values())).numpy() for seed in (0, 1))
    assert not np.array_equal(one, other)


def test_initial_weights_do_not_depend_on_earlier_imports(trainer_of):
    """An initialiser made when the model's file is imported would take a random number there and then."""
    found = []
    for imported in (False, True):
        if not imported:
            sys.modules.pop("easel.models.lean_gan", None)
        generator = trainer_of("lean").objective.networks["generator"]
        found.append([variable.numpy() for variable in generator.trainable_variables])
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))


def test_networks_of_mixed_precision_are_exported_in_float32(trainer_of):
    trainer = trainer_of("dcgan", precision="mixed_bfloat16")
    trainer.run_steps(0, 2)
    inner = trainer.networks["generator"].layers[1]
    assert inner.compute_dtype == "bfloat16"
    assert inner.variable_dtype == "float32"
    exported = trainer.exported()["generator"]
    assert {layer.compute_dtype for layer in exported.layers} == {"float32"}


AVERAGED = {
    "dcgan": ["generator"],
    "vae": ["encoder", "decoder"],
    "rae": ["encoder", "decoder"],
    "vq_vae": ["encoder", "codebook", "decoder", "prior"],
    "vae_gan": ["encoder", "decoder"],
}


@pytest.mark.parametrize(("preset", "names"), AVERAGED.items())
def test_an_average_covers_every_network_that_is_used_after_training(preset, names, trainer_of):
    trainer = trainer_of(preset, ema_decay=0.7)
    own = trainer.objective.networks
    assert [name for name in trainer.networks if trainer.networks[name] is not own[name]] == names
    kept = {key.split("/")[0] for key in trainer.variables}  # by a checkpoint
    assert {key for key in kept if key.startswith("average_")} == {f"average_{name}" for name in names}


def test_encoder_and_decoder_are_averaged_alike_and_exported_so(trainer_of):
    """An encoder and a decoder of different ages would not fit each other."""
    trainer = trainer_of("vae", ema_decay=0.3)
    own = {name: trainer.objective.networks[name].trainable_variables for name in ("encoder", "decoder")}
    means = {name: [weight.numpy() for weight in weights] for name, weights in own.items()}
    for step, decay in enumerate((1 / 10, 2 / 11, 3 / 12, 0.3)):
        trainer.run_steps(step, 1)
        for name, weights in own.items():
            means[name] = [decay * a + (1 - decay) * b.numpy() for a, b in zip(means[name], weights, strict=True)]
    exported = trainer.exported()
    for name, network in (("encoder", exported["encoder"]), ("decoder", exported["generator"])):
        for found, expected in zip(network.trainable_variables, means[name], strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
        assert not np.allclose(means[name][0], own[name][0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("preset", "size", "overrides"),
    [
        ("fast_cpu", 48, {"augment": ["colour", "translation", "cutout"]}),
        ("conv_vae", 48, {}),
        ("sngan", 128, {"lecam": 0.3, "ema_decay": 0.9}),
        ("vq_vae", 128, {"latent_dim": 64}),
    ],
)
def test_a_step_on_images_of_another_size(tmp_path, preset, size, overrides):
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
