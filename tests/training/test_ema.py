"""The moving average of weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from easel.training.ema import Average


def network() -> keras.Model:
    inputs = keras.Input((2,))
    return keras.Model(inputs, keras.layers.BatchNormalization()(keras.layers.Dense(1)(inputs)))


def test_trained_weights_are_averaged_and_statistics_copied():
    source, twin = network(), network()
    average = Average(source, twin, decay=0.9)
    kernel = source.trainable_variables[0].numpy()
    np.testing.assert_array_equal(twin.trainable_variables[0], kernel)
    source.trainable_variables[0].assign(kernel + 1)
    source.non_trainable_variables[0].assign([5.0])
    average.update(tf.constant(10**6, tf.int64))
    np.testing.assert_allclose(twin.trainable_variables[0], kernel + 0.1, rtol=1e-5)
    np.testing.assert_array_equal(twin.non_trainable_variables[0], [5.0])


@pytest.mark.parametrize(("step", "decay"), [(0, 1 / 10), (8, 9 / 18), (89, 90 / 99), (10**5, 0.999)])
def test_the_decay_rises_from_the_start(step, decay):
    source, twin = network(), network()
    average = Average(source, twin, decay=0.999)
    kernel = source.trainable_variables[0].numpy()
    source.trainable_variables[0].assign(kernel + 1)
    average.update(tf.constant(step, tf.int64))
    np.testing.assert_allclose(twin.trainable_variables[0], kernel + (1 - decay), rtol=1e-5)
