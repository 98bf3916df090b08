"""Statistics that are fitted to a trained generator."""

import keras
import numpy as np
import pytest
from keras import layers

from easel.training import image_statistics


@pytest.fixture
def images() -> np.ndarray:
    """Training images with another mean and deviation in each channel."""
    random = np.random.default_rng(0)
    return np.clip(random.normal([70, 120, 160], [20, 40, 60], (300, 8, 8, 3)), 0, 255).astype(np.uint8)


def generator(classes: int = 0, last: type[keras.Layer] = layers.Conv2D) -> keras.Model:
    """A small one with batch normalisation whose statistics are as wrong as can be: those of a new layer."""
    keras.utils.set_random_seed(0)
    latents = keras.Input((6,))
    labels = [keras.Input((), dtype="int32")] if classes else []
    x = layers.Concatenate()([latents, layers.Embedding(classes, 3)(labels[0])]) if classes else latents
    x = layers.Reshape((8, 8, 4))(layers.Dense(8 * 8 * 4)(x))
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = last(3, 3, padding="same")(x)
    return keras.Model([latents, *labels] if labels else latents, layers.Activation("tanh")(x))


def samples(network: keras.Model, count: int = 2000) -> np.ndarray:
    random = np.random.default_rng(99)
    latents = random.standard_normal((count, 6), np.float32)
    if len(network.inputs) == 1:
        return np.asarray(network(latents, training=False))
    return np.asarray(network([latents, random.integers(0, 2, count).astype(np.int32)], training=False))


@pytest.mark.parametrize("last", [layers.Conv2D, layers.Conv2DTranspose])
@pytest.mark.parametrize("classes", [0, 2])
def test_samples_get_the_mean_and_the_deviation_of_the_training_images(images, classes, last):
    network = generator(classes, last)
    labels = np.arange(len(images)) % 2 if classes else None
    image_statistics.match(network, images, labels, seed=0)
    real = images / 127.5 - 1.0
    made = samples(network)
    np.testing.assert_allclose(made.mean((0, 1, 2)), real.mean((0, 1, 2)), atol=0.02)
    np.testing.assert_allclose(made.std((0, 1, 2)), real.std((0, 1, 2)), rtol=0.03)


def test_statistics_of_batch_normalisation_are_those_of_generated_images(images):
    network = generator()
    image_statistics.match(network, images, None, seed=0)
    layer = next(layer for layer in network.layers if isinstance(layer, layers.BatchNormalization))
    seen = keras.Model(network.inputs[0], layer.input)(np.random.default_rng(99).standard_normal((4000, 6), np.float32))
    np.testing.assert_allclose(layer.moving_mean, np.mean(seen, (0, 1, 2)), atol=0.02)
    np.testing.assert_allclose(layer.moving_variance, np.var(seen, (0, 1, 2)), rtol=0.05)
    assert layer.momentum == 0.9


def test_the_same_seed_fits_the_same(images):
    one, other = generator(), generator()
    for network in (one, other):
        image_statistics.match(network, images, None, seed=3)
    for weights, others in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, others)


def test_a_generator_that_has_collapsed_stays_finite(images):
    network = generator()
    *_, last, _ = network.layers
    last.set_weights([np.zeros_like(weight) for weight in last.get_weights()])
    image_statistics.match(network, images, None, seed=0)
    assert np.isfinite(samples(network)).all()


def test_images_of_one_colour_are_matched_as_far_as_the_limits_allow():
    network = generator()
    image_statistics.match(network, np.full((50, 8, 8, 3), 200, np.uint8), None, seed=0)
    made = samples(network)
    np.testing.assert_allclose(made.mean((0, 1, 2)), 200 / 127.5 - 1.0, atol=0.05)


@pytest.mark.parametrize("levels", [(0, 255), (10, 20, 90)])
def test_colours_are_numpys(levels):
    images = np.random.default_rng(1).choice(np.array(levels, np.uint8), (20, 4, 4, 3))
    means, deviations = image_statistics.colours(images)
    scaled = images / 127.5 - 1.0
    np.testing.assert_allclose(means, scaled.mean((0, 1, 2)))
    np.testing.assert_allclose(deviations, scaled.std((0, 1, 2)))


def test_large_images_are_generated_fewer_at_a_time():
    labels = np.arange(30) % 3
    small, large = (image_statistics.inputs(600, 4, size, labels, seed=0) for size in (32, 64))
    assert [len(latents) for latents, _ in small] == [500, 100]
    assert [len(latents) for latents, _ in large] == [125] * 4 + [100]
    for one, other in zip(zip(*small, strict=True), zip(*large, strict=True), strict=True):
        np.testing.assert_array_equal(np.concatenate(one), np.concatenate(other))
