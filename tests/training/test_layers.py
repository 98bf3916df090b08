"""Accelerated layers compute what the layers that they replace compute."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from easel.training import networks
from easel.training.layers import (
    BatchNormalization,
    DepthwiseConv2D,
    Dropout,
    accelerated,
    over_all_devices,
    over_own_batch,
)


def trained_step(layer: keras.Layer, inputs: tf.Tensor, cotangent: tf.Tensor) -> list[tf.Tensor]:
    """Output, gradients, statistics after the step, and the output in inference."""
    layer.build(inputs.shape)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs, training=True)
    gradients = tape.gradient(outputs, [inputs, *layer.trainable_weights], cotangent)
    return [outputs, *gradients, *layer.get_weights(), layer(inputs, training=False)]


@pytest.mark.parametrize("shape", [(4, 3, 3, 5), (16, 5)])
def test_batch_normalisation_equals_keras(shape):
    inputs = tf.constant(np.random.default_rng(0).normal(2.0, 3.0, size=shape), tf.float32)
    cotangent = tf.constant(np.random.default_rng(1).normal(size=shape), tf.float32)
    own, keras_own = (
        trained_step(kind(momentum=0.9, epsilon=1e-5), inputs, cotangent)
        for kind in (BatchNormalization, keras.layers.BatchNormalization)
    )
    for one, other in zip(own, keras_own, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_normalising_over_all_devices_is_the_same_where_there_is_one():
    """Its gradient is written out by hand. tests/training/test_replicas.py compares two devices with one."""
    random = np.random.default_rng(0)
    pixels, cotangent = (tf.constant(random.normal(1.0, 2.0, size=(4, 3, 3, 5)), tf.float32) for _ in range(2))
    gamma, beta = (tf.constant(random.uniform(0.5, 2.0, size=5), tf.float32) for _ in range(2))

    def step(normalise) -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch([pixels, gamma, beta])
            outputs, mean, variance = normalise(pixels, gamma, beta, 1e-3)
        return [outputs, mean, variance, *tape.gradient(outputs, [pixels, gamma, beta], cotangent)]

    for shared, own in zip(step(over_all_devices), step(over_own_batch), strict=True):
        np.testing.assert_allclose(shared, own, rtol=1e-4, atol=1e-5)


def test_its_gradient_has_deterministic_kernels_on_gpus():
    """FusedBatchNormGrad with is_training=False has none."""

    @tf.function
    def gradient(pixels: tf.Tensor, scales: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(pixels)
            outputs, *_ = over_all_devices(pixels, scales, scales, 1e-3)
        return tape.gradient(outputs, pixels)

    graph = gradient.get_concrete_function(tf.TensorSpec((4, 3, 3, 5)), tf.TensorSpec((5,))).graph
    kinds = {operation.type for operation in graph.get_operations()}
    assert "FusedBatchNormV3" in kinds
    assert not any(kind.startswith("FusedBatchNormGrad") for kind in kinds)


def test_batch_normalisation_in_bfloat16_is_exact_to_the_rounding_of_its_output():
    inputs = tf.constant(np.random.default_rng(0).normal(2.0, 3.0, size=(8, 4, 4, 5)), tf.bfloat16)
    layer = BatchNormalization(dtype="mixed_bfloat16")
    layer.build(inputs.shape)
    exact = tf.cast(inputs, tf.float32)
    mean, variance = tf.nn.moments(exact, [0, 1, 2])
    outputs = layer(inputs, training=True)
    assert outputs.dtype == tf.bfloat16
    np.testing.assert_allclose(
        tf.cast(outputs, tf.float32), (exact - mean) / tf.sqrt(variance + 1e-3), atol=0.02
    )  # 3 · 2⁻⁸
    np.testing.assert_allclose(layer.moving_mean, 0.01 * mean, rtol=1e-5)


@pytest.mark.parametrize("shape", [(64, 15, 15, 3), (99, 5)])
def test_dropout_drops_at_its_rate_and_scales_the_rest(shape):
    layer = Dropout(0.3, seed=0)
    inputs = tf.ones(shape)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs, training=True)
    values, counts = np.unique(outputs, return_counts=True)
    np.testing.assert_allclose(values, [0.0, 1 / 0.7], rtol=1e-6)
    assert abs(counts[0] / counts.sum() - 0.3) < 4 * (0.21 / counts.sum()) ** 0.5
    np.testing.assert_array_equal(tape.gradient(outputs, inputs), outputs)
    assert not np.array_equal(layer(inputs, training=True), outputs)
    np.testing.assert_array_equal(layer(inputs, training=False), inputs)


def test_an_accelerated_network_has_the_layers_and_weights_of_the_original(settings_of):
    plain = networks.build("discriminator", settings_of("tutorial_dcgan"), 32, "mixed_bfloat16")
    trained = accelerated(plain)
    trained.set_weights(plain.get_weights())
    assert [layer.name for layer in trained.layers] == [layer.name for layer in plain.layers]
    assert Dropout in map(type, trained.layers)
    images = tf.random.stateless_normal((4, 32, 32, 3), [0, 0])
    np.testing.assert_array_equal(trained(images, training=False), plain(images, training=False))


def test_a_recurrent_layer_stays_without_the_kernels_that_xla_cannot_compile():
    codes = keras.Input((4, 8))
    outputs = keras.layers.GRU(2, use_cudnn=False)(codes)
    assert accelerated(keras.Model(codes, outputs)).layers[-1].use_cudnn is False


def test_classes_are_64_bit_integers_in_training(settings_of):
    plain = networks.build("discriminator", settings_of("cgan"), 32, "float32", 4)
    assert [each.dtype for each in plain.inputs] == ["float32", "int32"]
    assert [each.dtype for each in accelerated(plain).inputs] == ["float32", "int64"]


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_a_gain_for_each_channel_equals_the_depthwise_convolution(dtype):
    inputs = tf.constant(np.random.default_rng(0).normal(size=(4, 3, 3, 5)), tf.float32)
    cotangent = tf.cast(tf.constant(np.random.default_rng(1).normal(size=(4, 3, 3, 5))), dtype.split("_")[-1])
    keras.utils.set_random_seed(0)
    layer = keras.layers.DepthwiseConv2D(1, use_bias=False, dtype=dtype)
    layer.build(inputs.shape)
    gain = DepthwiseConv2D.from_config(layer.get_config())
    gain.build(inputs.shape)
    gain.set_weights(layer.get_weights())
    results = []
    for each in (layer, gain):
        with tf.GradientTape() as tape:
            outputs = each(inputs)
        (gradient,) = tape.gradient(outputs, each.trainable_variables, cotangent)
        results.append((tf.cast(outputs, tf.float32), gradient))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    # In bfloat16, the order of a sum decides its last digits, and CPUs differ in it.
    rounding = {"rtol": 1e-5} if dtype == "float32" else {"rtol": 0.02, "atol": 0.06}
    np.testing.assert_allclose(results[0][1], results[1][1], **rounding)
