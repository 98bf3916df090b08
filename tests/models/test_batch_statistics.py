"""Batch normalisation with the statistics of given inputs."""

import keras
import numpy as np
import pytest
from keras import layers

from easel.models.batch_statistics import with_statistics


def points(count: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((count, 3), np.float32)


def in_batches(latents: np.ndarray) -> list[np.ndarray]:
    return np.split(latents, len(latents) // 500)


def normalising(conditional: bool = False, nested: bool = False) -> keras.Model:
    """latents → 2 · latents (+ label) → batch normalisation with moving statistics of mean 0 and variance 4."""
    latents, labels = keras.Input((3,), name="latents"), keras.Input((), dtype="int32", name="labels")
    x = layers.Rescaling(2.0)(latents)
    if conditional:
        x = layers.Add()([x, layers.Embedding(2, 3, embeddings_initializer="ones")(labels)])
    norm = layers.BatchNormalization(epsilon=0.0, momentum=0.9)
    outputs = layers.Dropout(0.5)(norm(x))
    norm.set_weights([np.ones(3), np.zeros(3), np.zeros(3), np.full(3, 4.0)])
    network = keras.Model([latents, labels] if conditional else latents, outputs)
    if nested:
        inputs = keras.Input((3,))
        network = keras.Model(inputs, network(inputs))
    return network


@pytest.mark.parametrize("nested", [False, True])
def test_statistics_are_those_of_all_batches(nested):
    """Latents in order, so that batches have different means; by the law of total variance none of that is lost."""
    network = normalising(nested=nested)
    before = [weight.copy() for weight in network.get_weights()]
    latents = np.sort(points(2_000), axis=0)
    copy, count = with_statistics(network, in_batches(latents))
    assert count == 1
    outputs = np.float64(copy(latents, training=False))
    np.testing.assert_allclose(outputs.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(outputs.std(axis=0), 1, rtol=1e-4)
    again, _ = with_statistics(network, in_batches(latents))
    for one, other in zip(copy.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    for was, now in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)


def test_classes_take_part_in_the_statistics():
    latents, labels = points(1_000), np.zeros(1_000, np.int32)
    copy, _ = with_statistics(
        normalising(conditional=True), [[latents[:500], labels[:500]], [latents[500:], labels[500:]]]
    )
    *_, mean, variance = copy.get_weights()
    np.testing.assert_allclose(mean, 2 * latents.mean(axis=0) + 1, atol=1e-5)
    np.testing.assert_allclose(variance, 4 * latents.var(axis=0), rtol=1e-4)


def test_a_network_without_batch_normalisation_remains_as_it_is():
    latents = keras.Input((3,))
    network = keras.Model(latents, layers.Rescaling(2.0)(latents))
    assert with_statistics(network, [points(10)]) == (network, 0)
